package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Health.Component UP = new Health.Component(true, "3 processes");
  private static final Health.Component DOWN = new Health.Component(false, "connection refused");
  private static final Health.Document LIVE = new Health.Document(Optional.of("5fe1"), List.of());
  private static final Health.Plugin PLUGIN =
      new Health.Plugin("rule-limits", "0.1.0", true, "limits, rate_limit");

  @Test
  void writesEverythingAsJson() {
    Health health =
        new Health(
            new Health.Sources(
                () -> Map.of("tickets", DOWN, "files", UP),
                () -> List.of(PLUGIN),
                () -> new Health.Document(Optional.of("5fe1"), List.of("policies.json: 1 problem")),
                () -> Map.of("support /tools/pay/script", new Health.Component(false, "is out")),
                () -> Map.of("ops", new Health.Component(false, "1 message given up")),
                () -> new Health.Component(true, "working"),
                () -> Map.of("decisions", new Health.Component(true, ""))));

    assertThat(health.report().json())
        .isEqualTo(
            "{\"status\":\"degraded\",\"servers\":{\"files\":{\"up\":true,\"detail\":\"3 processes\"},"
                + "\"tickets\":{\"up\":false,\"detail\":\"connection refused\"}},"
                + "\"plugins\":[{\"name\":\"rule-limits\",\"version\":\"0.1.0\",\"up\":true,"
                + "\"detail\":\"limits, rate_limit\"}],"
                + "\"document\":{\"revision\":\"5fe1\",\"problems\":[\"policies.json: 1 problem\"]},"
                + "\"rules\":{\"support /tools/pay/script\":{\"up\":false,\"detail\":\"is out\"}},"
                + "\"webhooks\":{\"ops\":{\"up\":false,\"detail\":\"1 message given up\"}},"
                + "\"state\":{\"up\":true,\"detail\":\"working\"},"
                + "\"vital\":{\"decisions\":{\"up\":true,\"detail\":\"\"}}}");
  }

  @Test
  void isUpWhenEverythingIs() {
    Health.Report report = report(Map.of("files", UP), PLUGIN, LIVE, Map.of("decisions", UP));

    assertThat(report.status()).isEqualTo(Health.Status.UP);
    assertThat(report.ready()).isTrue();
  }

  @Test
  void isDegradedButReadyWhenCallsToOthersGoOn() {
    for (Health.Report report :
        List.of(
            report(Map.of("files", UP, "tickets", DOWN), PLUGIN, LIVE, Map.of()),
            report(Map.of(), new Health.Plugin("x", "1", false, "bad zip"), LIVE, Map.of()),
            report(
                Map.of(),
                PLUGIN,
                new Health.Document(Optional.of("5fe1"), List.of("a problem")),
                Map.of()),
            new Health.Report(
                Map.of(),
                List.of(PLUGIN),
                LIVE,
                Map.of("support /tools/pay/script", DOWN),
                Map.of(),
                UP,
                Map.of()),
            new Health.Report(
                Map.of(), List.of(PLUGIN), LIVE, Map.of(), Map.of("ops", DOWN), UP, Map.of()),
            new Health.Report(
                Map.of(), List.of(PLUGIN), LIVE, Map.of(), Map.of(), DOWN, Map.of()))) {
      assertThat(report.status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(report.ready()).isTrue();
    }
  }

  @Test
  void isDownWithoutADocumentOrWithoutAVitalPart() {
    for (Health.Report report :
        List.of(
            report(Map.of(), PLUGIN, new Health.Document(Optional.empty(), List.of()), Map.of()),
            report(Map.of(), PLUGIN, LIVE, Map.of("decisions", DOWN)))) {
      assertThat(report.status()).isEqualTo(Health.Status.DOWN);
      assertThat(report.ready()).isFalse();
    }
  }

  private static Health.Report report(
      Map<String, Health.Component> servers,
      Health.Plugin plugin,
      Health.Document document,
      Map<String, Health.Component> vital) {
    return new Health.Report(servers, List.of(plugin), document, Map.of(), Map.of(), UP, vital);
  }
}
