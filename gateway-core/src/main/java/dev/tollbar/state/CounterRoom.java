package dev.tollbar.state;

import dev.tollbar.api.CountersFullException;
import dev.tollbar.state.CounterKey.Group;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who has how many counters open, and who may open another one: nobody may have more than are still
 * free. So whoever opens counters without end stops at a half of the room, a second one at a half
 * of the rest, and there is always some left for those who have few.
 *
 * <p>The same holds within what a holder may have, of its limits: so a limit that is counted by an
 * argument leaves room for the holder's others. Safe for many threads; some that open at once may
 * exceed a share by one each.
 */
final class CounterRoom {
  private final int max;
  private final ConcurrentMap<String, Integer> holders = new ConcurrentHashMap<>();
  private final ConcurrentMap<Part, Integer> parts = new ConcurrentHashMap<>();

  CounterRoom(int max) {
    this.max = max;
  }

  /** What a holder has open of one group. */
  private record Part(String holder, Group group) {}

  boolean has(String holder, Group group, int open) {
    int free = max - open;
    int held = holders.getOrDefault(holder, 0);
    return held < free && parts.getOrDefault(new Part(holder, group), 0) < free - held;
  }

  void opened(String holder, Group group) {
    holders.merge(holder, 1, Integer::sum);
    parts.merge(new Part(holder, group), 1, Integer::sum);
  }

  void forgot(String holder, Group group) {
    holders.computeIfPresent(holder, (_, open) -> open == 1 ? null : open - 1);
    parts.computeIfPresent(new Part(holder, group), (_, open) -> open == 1 ? null : open - 1);
  }

  CountersFullException full(String holder, Group group, int open) {
    return new CountersFullException(
        "no room for another counter: %d of %d are in use, %d of them by grant %s, %d of those for"
                .formatted(
                    open,
                    max,
                    holders.getOrDefault(holder, 0),
                    holder,
                    parts.getOrDefault(new Part(holder, group), 0))
            + " this limit; its scope has too many different values");
  }
}
