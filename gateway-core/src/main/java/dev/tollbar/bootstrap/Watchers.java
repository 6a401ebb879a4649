package dev.tollbar.bootstrap;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.Stage;
import dev.tollbar.audit.UpstreamOutcome;
import dev.tollbar.console.Metrics;
import dev.tollbar.console.Metrics.RuleAnswer;
import dev.tollbar.console.Traffic;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Turns decision records into metrics. */
final class Watchers {
  private Watchers() {}

  /**
   * Counts decisions.
   *
   * @param servers the servers there are: a name that a client made up is no label
   */
  static Consumer<DecisionRecord> counting(
      Metrics metrics, Traffic traffic, Supplier<Set<String>> servers) {
    return record -> {
      String server = record.server().filter(servers.get()::contains).orElse("(unknown)");
      metrics.call(server, record.decision(), record.code().orElse(""));
      traffic.count(record, server);
      for (Stage stage : Stage.ALL) {
        if (record.stages().reached(stage)) {
          metrics.stage(stage, record.stages().micros(stage) * 1_000);
        }
      }
      for (DecisionRecord.RuleTrace said : record.trace()) {
        metrics.rule(said.kind(), RuleAnswer.of(said.verdict()));
      }
      UpstreamOutcome.Kind upstream = record.upstream().kind();
      if (upstream == UpstreamOutcome.Kind.NOT_DELIVERED
          || upstream == UpstreamOutcome.Kind.TRANSPORT_FAILED) {
        metrics.upstreamError(server, upstream.wire());
      }
    };
  }
}
