package dev.tollbar.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bounds how many lines strangers can make the log write. Of each reason a number of refusals per
 * second has lines of their own; the others are counted, and one line tells how many they were.
 * Safe for use by many threads.
 */
final class Refusals {
  /** Reasons are a fixed list; whatever is beyond it is counted together. */
  private static final int MOST_REASONS = 64;

  private static final Duration SPAN = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final int perSecond;
  private final Map<String, Integer> admitted = new TreeMap<>();
  private final Map<String, Counted> counted = new TreeMap<>();
  private Instant since = Instant.EPOCH;

  private static final class Counted {
    private final Instant first;
    private Instant last;
    private long count;

    Counted(Instant time) {
      first = time;
      last = time;
    }
  }

  Refusals(InstantSource clock, int perSecond) {
    this.clock = clock;
    this.perSecond = perSecond;
  }

  /** Whether one more of this reason gets a line of its own. */
  synchronized boolean admits(String reason) {
    Instant now = clock.instant();
    if (now.isBefore(since) || !now.isBefore(since.plus(SPAN))) {
      since = now;
      admitted.clear();
    }
    return admitted.merge(known(admitted, reason), 1, Integer::sum) <= perSecond;
  }

  /** Counts one that gets no line. */
  synchronized void count(String reason, Instant time) {
    Counted one = counted.computeIfAbsent(known(counted, reason), _ -> new Counted(time));
    one.last = time.isAfter(one.last) ? time : one.last;
    one.count++;
  }

  private static String known(Map<String, ?> reasons, String reason) {
    return reasons.size() < MOST_REASONS || reasons.containsKey(reason) ? reason : "(other)";
  }

  synchronized boolean hasCounted() {
    return !counted.isEmpty();
  }

  /** The counts so far, a line for each reason; they begin anew. */
  synchronized List<LogEvent> take() {
    List<LogEvent> lines = new ArrayList<>();
    Instant now = clock.instant();
    counted.forEach((reason, one) -> {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("code", reason);
      details.put("count", one.count);
      details.put("from", one.first.toString());
      details.put("through", one.last.toString());
      lines.add(new LogEvent(now, LogEvent.Kind.SUPPRESSED, details));
    });
    counted.clear();
    return lines;
  }
}
