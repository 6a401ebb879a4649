package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord.Decision;
import dev.tollbar.audit.Stage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final AtomicInteger pending = new AtomicInteger();
  private final Metrics metrics = new Metrics("0.1.0", pending::get);

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void countsCallsByServerDecisionAndCode() {
    metrics.call("files", Decision.PERMIT, "");
    metrics.call("files", Decision.PERMIT, "");
    metrics.call("files", Decision.DENY, "limit");
    metrics.call("", Decision.DENY, "unauthorized");

    assertThat(lines())
        .contains(
            "tollbar_calls_total{code=\"\",decision=\"permit\",server=\"files\"} 2.0",
            "tollbar_calls_total{code=\"limit\",decision=\"deny\",server=\"files\"} 1.0",
            "tollbar_calls_total{code=\"unauthorized\",decision=\"deny\",server=\"\"} 1.0");
  }

  @Test
  void timesStagesInSeconds() {
    metrics.stage(Stage.DECIDE, Duration.ofMillis(20).toNanos());
    metrics.stage(Stage.DECIDE, Duration.ofMillis(4).toNanos());

    assertThat(lines())
        .contains(
            "tollbar_stage_seconds_count{stage=\"decide\"} 2",
            "tollbar_stage_seconds_sum{stage=\"decide\"} 0.024",
            "tollbar_stage_seconds_bucket{stage=\"decide\",le=\"0.005\"} 1",
            "tollbar_stage_seconds_count{stage=\"reply\"} 0");
  }

  @Test
  void countsVerdictsByRuleKind() {
    metrics.rule("rate_limit", Metrics.RuleAnswer.DENY);
    metrics.rule("script", Metrics.RuleAnswer.ERROR);

    assertThat(lines())
        .contains(
            "tollbar_rule_verdicts_total{kind=\"rate_limit\",verdict=\"deny\"} 1.0",
            "tollbar_rule_verdicts_total{kind=\"script\",verdict=\"error\"} 1.0");
  }

  @Test
  void countsUpstreamErrors() {
    metrics.upstreamError("files", "timeout");

    assertThat(lines())
        .contains("tollbar_upstream_errors_total{reason=\"timeout\",server=\"files\"} 1.0");
  }

  @Test
  void showsWhatIsOpen() {
    metrics.sessionOpened("files");
    metrics.sessionOpened("files");
    metrics.sessionClosed("files");
    pending.set(3);

    assertThat(lines())
        .contains("tollbar_sessions{server=\"files\"} 1.0", "tollbar_approvals_pending 3.0");
  }

  @Test
  void saysWhichVersionRuns() {
    assertThat(lines())
        .contains(
            "tollbar_build_info{java=\"" + Runtime.version().feature() + "\",version=\"0.1.0\"} 1");
  }

  private java.util.List<String> lines() {
    return metrics.scrape().lines().toList();
  }
}
