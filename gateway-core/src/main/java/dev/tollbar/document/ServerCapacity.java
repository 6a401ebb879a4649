package dev.tollbar.document;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many calls a server gets at once: {@code capacity} of a server.
 *
 * @param waiting how many more wait for that
 * @param maxWait how long
 */
public record ServerCapacity(
    @Default("256") @Doc("How many calls may be with the server at once") int calls,
    @Default("256") @Doc("How many more may wait for that") int waiting,
    @Default("\"5s\"") @Doc("How long one of them waits") Duration maxWait) {

  /** Where a document says nothing. */
  public static final ServerCapacity DEFAULT = new ServerCapacity(256, 256, Duration.ofSeconds(5));

  public ServerCapacity {
    List<Problem> problems = new ArrayList<>();
    CapacityTerms.number("calls", calls, 1, problems);
    CapacityTerms.number("waiting", waiting, 0, problems);
    if (maxWait.compareTo(Duration.ofMinutes(10)) > 0) {
      problems.add(
          new Problem("max_wait", "a duration of at most 10m", "\"" + maxWait.toSeconds() + "s\""));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
