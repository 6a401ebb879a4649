package dev.tollbar.lint;

import dev.tollbar.document.Outline;
import java.util.ArrayList;
import java.util.List;

/** What was found so far; for one thread. */
final class Findings {
  private final List<Finding> found = new ArrayList<>();

  void add(FindingKind kind, Outline outline, String pointer, String message) {
    found.add(new Finding(kind, outline.at(pointer, message)));
  }

  List<Finding> all() {
    return List.copyOf(found);
  }
}
