package dev.tollbar.audit;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What somebody did, or tried to do, over the admin API or by a command on the data folder: a line
 * among the decisions, in the same chain.
 *
 * @param who the name of the admin token; a word in brackets for those who are not known; of a
 *     command the user of the operating system
 * @param role of the token; empty for those who are not known, and of commands
 * @param action one word for what: {@code login}, {@code approve}, {@code rollback}
 * @param target what it was done to, such as an approval's id
 * @param detail why it was refused, or what else there is to say
 * @param status the HTTP status of the answer; empty of commands
 */
public record AdminAction(
    Instant time,
    String who,
    Optional<String> role,
    String action,
    Optional<String> target,
    Result result,
    Optional<String> detail,
    OptionalInt status)
    implements LogLine {

  /** By a command on the data folder, which needs no token. */
  public static AdminAction byCommand(
      Instant time,
      String user,
      String action,
      Optional<String> target,
      Result result,
      Optional<String> detail) {
    return new AdminAction(
        time, user, Optional.empty(), action, target, result, detail, OptionalInt.empty());
  }

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
