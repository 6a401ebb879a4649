package dev.tollbar.plugins;

import java.util.List;
import java.util.Optional;

/**
 * One jar on its way into a generation.
 *
 * @param running absent if the jar was refused
 * @param kinds none if the jar was refused
 */
record Candidate(PluginReport report, Optional<RunningPlugin> running, List<LoadedKind> kinds) {

  /** The same jar, after all not taken; what runs of it is let go of. */
  Candidate refusedAfterAll(String why) throws InterruptedException {
    if (running.isPresent()) {
      running.get().leave();
    }
    return new Candidate(report.refused(why), Optional.empty(), List.of());
  }
}
