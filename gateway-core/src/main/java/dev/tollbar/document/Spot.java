package dev.tollbar.document;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where a value of a document stands, and where its members do. */
final class Spot {
  private final int line;
  private final int column;
  private final Optional<Spot> key;
  private final Map<String, Spot> below = new HashMap<>();

  Spot(int line, int column, Optional<Spot> key) {
    this.line = line;
    this.column = column;
    this.key = key;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  void put(String step, Spot spot) {
    below.put(step, spot);
  }

  /** Of its key, if it has one. */
  Spot key() {
    return key.orElse(this);
  }

  /** The spot of a JSON Pointer, or of the nearest value around it that exists. */
  Spot nearest(String pointer) {
    Spot spot = this;
    for (String step : pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
      Spot next = spot.below.get(step.replace("~1", "/").replace("~0", "~"));
      if (next == null) {
        return spot;
      }
      spot = next;
    }
    return spot;
  }
}
