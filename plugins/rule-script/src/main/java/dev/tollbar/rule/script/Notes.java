package dev.tollbar.rule.script;

import dev.tollbar.api.Observation;
import java.util.List;
import java.util.function.Consumer;

/** What is learnt of one run of a script beside its answer. */
final class Notes {
  private final boolean traced;
  private final Consumer<String> lines;
  private volatile List<Observation> observations = List.of();

  /**
   * Notes for one run.
   *
   * @param traced whether what the script reads of the call is of interest
   * @param lines told every line of its console, by any thread
   */
  Notes(boolean traced, Consumer<String> lines) {
    this.traced = traced;
    this.lines = lines;
  }

  boolean traced() {
    return traced;
  }

  void line(String text) {
    lines.accept(text);
  }

  void observed(List<Observation> seen) {
    observations = List.copyOf(seen);
  }

  /** What the script read, in order. */
  List<Observation> observations() {
    return observations;
  }
}
