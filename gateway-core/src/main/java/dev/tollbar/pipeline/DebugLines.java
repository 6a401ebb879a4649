package dev.tollbar.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * What rules note of one call for those who look for a fault in them; only so much. Thread-safe.
 */
final class DebugLines {
  private static final int MOST = 50;
  private static final String MORE = "(more lines are left out)";

  // Hardly any call has one.
  private List<String> lines = List.of(); // guarded by this

  synchronized void add(String line) {
    if (lines.isEmpty()) {
      lines = new ArrayList<>(2);
    }
    if (lines.size() < MOST) {
      lines.add(line);
    } else if (lines.size() == MOST) {
      lines.add(MORE);
    }
  }

  synchronized List<String> all() {
    return List.copyOf(lines);
  }
}
