package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Rule;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Were the calls not replaced, these tests would end with their process. */
class ExitCallsTest {
  @TempDir Path plugins;
  @TempDir Path copies;

  private final PluginLoader loader =
      new PluginLoader(new PluginApi("1.4.0"), Duration.ofSeconds(30));

  private static PluginJar evaluating(String statements) {
    String source =
        PluginJar.ruleKind("acme.Kind", "quits", "")
            .replace(
                "return call -> Verdict.permit();",
                "return call -> { " + statements + " return Verdict.permit(); };");
    return PluginJar.of("quits").source(source).index("acme.Kind");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "System.exit(3);",
        "if (call.time() != null) System.exit(3); else System.exit(4);",
        "Runtime.getRuntime().exit(3);",
        "Runtime.getRuntime().halt(3);",
        "for (Object o = call; !(o instanceof Integer); o = Verdict.permit()) {"
            + " if (o instanceof Verdict) System.exit(1); }",
        "try { System.exit(3); } finally { String.valueOf(call.server()); }"
      })
  void aCallThatWouldEndTheProcessThrowsInstead(String statements) throws Exception {
    evaluating(statements).write(plugins, "quits.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      Rule rule = Callers.create(generation.ruleKind("quits").orElseThrow());
      assertThatThrownBy(() -> rule.evaluate(new Callers.SomeCall()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a plugin cannot end the gateway");
    }
  }

  @Test
  void aPluginThatQuitsAtStartIsRefused() throws Exception {
    PluginJar.ofRuleKind("quits", "quits")
        .source(PluginJar.plugin("acme.Main", "public void start() { System.exit(3); }"))
        .with("Plugin-Class", "acme.Main")
        .write(plugins, "quits.jar");
    assertThat(why())
        .isEqualTo(
            "it cannot be started: it failed with \"a plugin cannot end the gateway\"; the"
                + " plugin's author can tell why");
  }

  @Test
  void aKindThatRefersToTheMethodIsRefused() throws Exception {
    PluginJar.of("quits")
        .source(
            PluginJar.ruleKind(
                "acme.Kind", "quits", "static java.util.function.IntConsumer END = System::exit;"))
        .index("acme.Kind")
        .write(plugins, "quits.jar");
    assertThat(why())
        .isEqualTo(
            "the kind \"acme.Kind\" cannot be used: it failed with \"a reference to a method that"
                + " ends the process\"; the plugin's author can tell why");
  }

  private String why() throws Exception {
    try (Generation generation = loader.load(plugins, copies)) {
      return generation.plugins().getFirst().why().orElseThrow();
    }
  }
}
