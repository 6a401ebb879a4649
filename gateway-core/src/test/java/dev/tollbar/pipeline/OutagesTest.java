package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import dev.tollbar.identity.GrantDirectory;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutagesTest {
  private static final Duration LITTLE = Duration.ofMillis(50);

  @TempDir private Path data;

  @Test
  void namesTheRulesThatDecideNothing() {
    assertThat(
            outages(
                rule("/tools/all_tools/0", Optional::empty),
                rule("/tools/all_tools/1", () -> Optional.of("the store is away"))))
        .isEqualTo(Map.of("support /tools/all_tools/1", "the store is away"));
  }

  @Test
  void aRuleThatDoesNotSayIsOut() {
    assertThat(
            outages(
                rule(
                    "/b",
                    () -> {
                      throw new IllegalStateException("broken");
                    }),
                rule(
                    "/c",
                    () -> {
                      throw new NoClassDefFoundError("gone");
                    })))
        .isEqualTo(
            Map.of(
                "support /b", "does not say how it is doing: IllegalStateException",
                "support /c", "does not say how it is doing: NoClassDefFoundError"));
  }

  @Test
  void aRuleThatIsStillAskingItselfIsOut() {
    assertThat(
            outages(
                rule(
                    "/b",
                    () -> {
                      // It may return for no reason.
                      while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.park();
                      }
                      return Optional.empty();
                    })))
        .isEqualTo(Map.of("support /b", "does not say how it is doing"));
  }

  private Map<String, String> outages(ConfiguredRule... rules) {
    SectionRules section = new SectionRules(false, List.of(), List.of(rules), List.of());
    Policy policy = new Policy("support", false, Map.of(Section.TOOLS, section), List.of());
    try (RuleWatch watch = new RuleWatch(LITTLE);
        State state = EmbeddedState.open(data, new SettableClock())) {
      GrantDirectory nobody =
          new GrantDirectory(List.of(), state.grants(), Optional.empty(), _ -> {});
      return new LiveRevision("1", Map.of(), Map.of("support", policy), Map.of(), nobody, () -> {})
          .outages(watch);
    }
  }

  private static ConfiguredRule rule(String pointer, Supplier<Optional<String>> outage) {
    Rule rule =
        new Rule() {
          @Override
          public Verdict evaluate(Call call) {
            return Verdict.permit();
          }

          @Override
          public Optional<String> outage() {
            return outage.get();
          }
        };
    return new ConfiguredRule(
        pointer,
        Optional.empty(),
        "fake",
        "fake@1",
        Optional.empty(),
        false,
        MissingNode.getInstance(),
        rule);
  }
}
