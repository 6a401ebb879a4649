package dev.tollbar.document;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import java.time.Duration;
import java.util.Optional;

/**
 * How decision records are kept: {@code records} of a version 2 document.
 *
 * @param rotate when a file is closed and another one begun
 * @param whenFull what becomes of a call while as many records as there is room for wait to be
 *     written
 */
public record RecordTerms(
    @Default("{}") @Doc("When a file of records is closed and another one begun") Rotate rotate,
    @Default("\"wait\"")
        @Doc(
            "While too many records wait to be written: a call waits, for a second, or is denied at once")
        WhenFull whenFull) {

  /** Where a document says nothing. */
  public static final RecordTerms DEFAULT =
      new RecordTerms(
          new Rotate(new ByteSize(100_000_000), Duration.ofDays(1), Optional.empty()),
          WhenFull.WAIT);

  /**
   * When the next file begins.
   *
   * @param keep how many closed files are kept; empty for all
   */
  public record Rotate(
      @Default("\"100MB\"") @Doc("When it has so many bytes: 500KB, 100MB, 1GB") ByteSize size,
      @Default("\"1d\"") @Doc("When its first record is so old") Duration age,
      @Doc("How many closed files are kept; all, if left out") Optional<Integer> keep) {
    public Rotate {
      if (age.compareTo(Duration.ofMinutes(1)) < 0 || age.compareTo(Duration.ofDays(366)) > 0) {
        throw new InvalidConfigException(
            "age", "a duration from 1m to 366d", "\"" + age.toSeconds() + "s\"");
      }
      if (keep.isPresent() && keep.get() < 1) {
        throw new InvalidConfigException("keep", "at least 1", keep.get().toString());
      }
    }
  }

  /** What a call does that finds no room for its record. */
  public enum WhenFull {
    WAIT,
    DENY
  }
}
