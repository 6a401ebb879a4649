package dev.tollbar.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * When the log goes on in a new file.
 *
 * @param size when the file has at least so many bytes
 * @param age when its first line is so old
 * @param keep how many closed files are kept; empty for all
 */
public record Rotation(long size, Duration age, OptionalInt keep) {

  /** A hundred million bytes, a day, and nothing is ever removed. */
  public static final Rotation DEFAULT =
      new Rotation(100_000_000, Duration.ofDays(1), OptionalInt.empty());

  boolean isDue(ChainHead head, Instant now) {
    return head.size() > 0
        && (head.size() >= size || head.opened() + age.toSeconds() <= now.getEpochSecond());
  }
}
