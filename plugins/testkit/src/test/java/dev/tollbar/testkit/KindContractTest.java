package dev.tollbar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Call;
import dev.tollbar.api.Counters;
import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** The contract finds whoever breaks it, and says how. */
final class KindContractTest {
  private static final Bounded SHORT = new Bounded(Duration.ofMillis(500));

  /** A config that is described, with a fault of its own where the test wants one. */
  public record Config(@Doc("Whatever") @Default("1") int max) {}

  /** A config with a key that nobody explains, and that throws what nobody expects. */
  public record Careless(int max) {
    public Careless {
      if (max < 1) {
        throw new IllegalArgumentException("max");
      }
    }
  }

  private record Kind<C extends Record>(
      String name, Class<C> configType, BiFunction<C, RuleContext, Rule> rules)
      implements RuleKind<C> {

    @Override
    public Rule create(C config, RuleContext context) {
      return rules.apply(config, context);
    }
  }

  private static Map<String, String> faults(BiFunction<Config, RuleContext, Rule> rules) {
    return faults(new Kind<>("kind", Config.class, rules));
  }

  /** What fails, by the test's name without the config, and the message. */
  private static Map<String, String> faults(RuleKind<?> kind) {
    Map<String, String> faults = new LinkedHashMap<>();
    List<DynamicTest> tests =
        new KindContract(kind, SHORT)
            .config("{max: 1}")
            .call(TestCall.of("pay", "{\"amount\": 5}"))
            .tests()
            .toList();
    for (DynamicTest test : tests) {
      try {
        test.getExecutable().execute();
      } catch (Throwable e) { // whatever it is, it is the result
        faults.put(test.getDisplayName().replace(": {max: 1}", ""), String.valueOf(e.getMessage()));
      }
    }
    return faults;
  }

  private static Rule rule(Verdict verdict) {
    return _ -> verdict;
  }

  @Test
  void findsNothingInAKindThatKeepsIt() {
    assertThat(faults((_, _) -> rule(Verdict.permit()))).isEmpty();
  }

  @Test
  void findsARuleThatAnswersOtherwiseTheSecondTime() {
    assertThat(
            faults((_, _) -> {
              AtomicInteger asked = new AtomicInteger();
              return _ -> asked.getAndIncrement() == 0 ? Verdict.permit() : Verdict.deny("Again.");
            }))
        .hasEntrySatisfying(
            "evaluates without effects",
            message ->
                assertThat(message)
                    .startsWith("it says to pay {\"amount\":5} first Permit[], then Deny["))
        .containsKey("answers many threads alike");
  }

  @Test
  void findsARuleThatTakesWhenItIsOnlyAsked() {
    Counters.Limit limit =
        new Counters.Limit(
            Optional.empty(),
            List.of(),
            "local",
            Counters.Window.Calendar.DAY,
            BigDecimal.valueOf(1_000_000));
    assertThat(
            faults((_, context) ->
                _ -> {
                  context.counters().take(limit, BigDecimal.ONE);
                  return Verdict.permit();
                }))
        .isEqualTo(
            Map.of("evaluates without effects", "evaluate takes from counters; only reserve may"));
  }

  @Test
  void findsARuleThatChangesArguments() {
    assertThat(
            faults((_, _) ->
                call -> {
                  call.arguments().put("amount", 6);
                  return Verdict.permit();
                }))
        .hasEntrySatisfying(
            "evaluates without effects",
            message -> assertThat(message).startsWith("it changes the arguments of pay"));
  }

  @Test
  void findsARuleThatThrowsWhatItDoesNotExpect() {
    assertThat(
            faults((_, _) ->
                call ->
                    Verdict.deny(String.valueOf(call.arguments().get("amount").decimalValue()))))
        .isEqualTo(
            Map.of(
                "judges whatever comes",
                "pay {}: it throws java.lang.NullPointerException: Cannot invoke"
                    + " \"com.fasterxml.jackson.databind.JsonNode.decimalValue()\" because the return"
                    + " value of \"com.fasterxml.jackson.databind.node.ObjectNode.get(String)\" is"
                    + " null"));
  }

  @Test
  void findsARuleThatTakesTooLong() {
    assertThat(
            faults((_, _) ->
                call -> {
                  if (call.arguments().isEmpty()) {
                    new CountDownLatch(1).await();
                  }
                  return Verdict.permit();
                }))
        .isEqualTo(Map.of("judges whatever comes", "pay {}: it takes longer than 500 ms"));
  }

  @Test
  void findsARuleThatRefusesWhatItHasPermitted() {
    assertThat(
            faults((_, _) ->
                new Rule() {
                  @Override
                  public Verdict evaluate(Call call) {
                    return Verdict.permit();
                  }

                  @Override
                  public Reservation reserve(Call call) {
                    return Reservation.refused(Verdict.deny("No."));
                  }
                }))
        .isEqualTo(
            Map.of(
                "gives back what it took",
                "reserve refuses what evaluate has just permitted: pay {\"amount\":5}"));
  }

  @Test
  void findsARuleWhoseThreadRunsOn() {
    CountDownLatch end = new CountDownLatch(1);
    try {
      assertThat(
              faults((_, _) -> {
                Thread.ofPlatform()
                    .daemon()
                    .name("left behind")
                    .start(() -> {
                      try {
                        end.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    });
                return rule(Verdict.permit());
              }))
          .isEqualTo(
              Map.of("leaves nothing running", "the thread \"left behind\" runs on after close()"));
    } finally {
      end.countDown();
    }
  }

  @Test
  void findsAConfigThatIsNotDescribedAndThrows() {
    assertThat(faults(new Kind<>("Kind", Careless.class, (_, _) -> rule(Verdict.permit()))))
        .containsEntry("says what it is", "its name is expected in snake_case; found \"Kind\"")
        .containsEntry(
            "describes its config",
            "the key max has no @Doc: editors and schemas cannot explain it")
        .containsEntry(
            "refuses in words what it cannot use",
            "it throws something else than InvalidConfigException when it reads {\"max\":-1}");
  }

  @Test
  void needsAConfigAndACall() {
    KindContract contract =
        KindContract.of(new Kind<>("kind", Config.class, (_, _) -> rule(Verdict.permit())));
    assertThatThrownBy(contract::tests)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the contract needs at least one config and one call");
  }
}
