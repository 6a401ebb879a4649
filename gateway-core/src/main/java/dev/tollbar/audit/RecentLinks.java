package dev.tollbar.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The links of the lines read last. Where a line was edited there are two: the one that it says,
 * and the one that follows from its text; the next line tells which of them was edited.
 */
final class RecentLinks {
  private static final int MOST = 256;

  private final Map<Long, List<byte[]>> links =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<byte[]>> eldest) {
          return size() > MOST;
        }
      };

  void add(long seq, byte[] link) {
    links.computeIfAbsent(seq, _ -> new ArrayList<>(1)).add(link);
  }

  List<byte[]> of(long seq) {
    return links.getOrDefault(seq, List.of());
  }
}
