package dev.tollbar.audit;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What somebody did, or tried to do, over the admin API: a line among the decisions, in the same
 * chain.
 *
 * @param who the name of the admin token; a word in brackets for those who are not known
 * @param role of the token; empty for those who are not known
 * @param action one word for what: {@code login}, {@code approve}, {@code rollback}
 * @param target what it was done to, such as an approval's id
 * @param detail why it was refused, or what else there is to say
 * @param status the HTTP status of the answer
 */
public record AdminAction(
    Instant time,
    String who,
    Optional<String> role,
    String action,
    Optional<String> target,
    Result result,
    Optional<String> detail,
    int status)
    implements LogLine {

  /** What came of it. */
  public enum Result {
    DONE,
    /** They may not, or it is not possible now. Nothing was changed. */
    REFUSED,
    FAILED;

    private final String wire = name().toLowerCase(Locale.ROOT);

    public String wire() {
      return wire;
    }
  }
}
