package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PluginTableTest {
  @Test
  void alignsLoadedPluginsAndListsRefusedJarsAndWarnings() {
    List<PluginReport> plugins =
        List.of(
            report("broken.jar").refused("the file is empty; copy it again"),
            loaded("rule-limits", "limits", List.of(), List.of()),
            loaded("http", "http_rule", List.of("http"), List.of("it is fat")));
    assertThat(PluginTable.render(plugins))
        .isEqualTo(
            """
            plugin       version  api               kinds                           signer         file
            rule-limits  1.2.3    >=1.0.0 & <2.0.0  rule limits                     -              rule-limits.jar
            http         1.2.3    >=1.0.0 & <2.0.0  rule http_rule, transport http  abababababab…  http.jar

            refused:
              broken.jar: the file is empty; copy it again

            warnings:
              http.jar: it is fat
            """);
  }

  @Test
  void escapesWhatWouldBreakTheTable() {
    assertThat(PluginTable.render(List.of(report("a\n\u001b[31mb.jar").refused("it is bad"))))
        .isEqualTo(
            """
            no plugins

            refused:
              a\\n\\u001b[31mb.jar: it is bad
            """);
  }

  @Test
  void saysThatThereAreNoPlugins() {
    assertThat(PluginTable.render(List.of())).isEqualTo("no plugins\n");
  }

  private static PluginReport report(String file) {
    return report(file, Optional.empty(), List.of(), List.of(), List.of());
  }

  private static PluginReport loaded(
      String id, String rule, List<String> transports, List<String> warnings) {
    return report(id + ".jar", Optional.of(id), List.of(rule), transports, warnings);
  }

  private static PluginReport report(
      String file,
      Optional<String> id,
      List<String> rules,
      List<String> transports,
      List<String> warnings) {
    return new PluginReport(
        file,
        id,
        id.map(_ -> "1.2.3"),
        Optional.empty(),
        id.map(_ -> PluginJar.RANGE),
        "1.4.0",
        Optional.empty(),
        id.filter("http"::equals).map(_ -> "ab".repeat(32)),
        rules,
        transports,
        PluginReport.State.LOADED,
        Optional.empty(),
        Optional.empty(),
        warnings);
  }
}
