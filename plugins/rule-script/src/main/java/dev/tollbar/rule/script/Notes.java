package dev.tollbar.rule.script;

import dev.tollbar.api.Observation;
import java.util.ArrayList;
import java.util.List;

/** What is learnt of one run of a script beside its answer. Safe for use by many threads. */
final class Notes {
  private final boolean traced;
  private final List<String> lines = new ArrayList<>(0); // guarded by this
  private volatile List<Observation> observations = List.of();

  /**
   * Notes for one run.
   *
   * @param traced whether what the script reads of the call is of interest
   */
  Notes(boolean traced) {
    this.traced = traced;
  }

  boolean traced() {
    return traced;
  }

  /** It said a line on its console. */
  synchronized void line(String text) {
    lines.add(text);
  }

  /** What it said on its console so far. */
  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  void observed(List<Observation> seen) {
    observations = List.copyOf(seen);
  }

  /** What the script read, in order. */
  List<Observation> observations() {
    return observations;
  }

  /** The run begins anew. */
  synchronized void forget() {
    lines.clear();
    observations = List.of();
  }
}
