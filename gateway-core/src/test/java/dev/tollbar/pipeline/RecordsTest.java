package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.DecisionRecord.LimitState;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RecordedValues;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in decision records. */
class RecordsTest {
  private static final LimitUsage USAGE =
      new LimitUsage(
          "60 per minute",
          new BigDecimal("60"),
          new BigDecimal("12"),
          Optional.of(Duration.ofSeconds(30)));

  @TempDir private Path data;

  @Test
  void tellsWhatIsLeftOfEachLimitAlsoInShadow() throws Exception {
    FakeRule real = FakeRule.named("limits").reserves(_ -> using(List.of(USAGE)));
    FakeRule shadow = FakeRule.shadow("trial").reserves(_ -> using(List.of(USAGE)));

    DecisionRecord record = recordOf(TestGateway.policy(real, shadow));

    LimitState left =
        new LimitState(
            "/policies/p/tools/pay/limits",
            Optional.of("60 per minute"),
            Optional.of(new BigDecimal("60")),
            new BigDecimal("12"),
            OptionalLong.of(30_000),
            false);
    assertThat(record.limits())
        .containsExactly(
            left,
            new LimitState(
                "/policies/p/tools/pay/trial",
                left.limit(),
                left.max(),
                left.remaining(),
                left.resetsMillis(),
                true));
  }

  @Test
  void tellsWhichLimitRefusedWithItsPointerAndPlugin() throws Exception {
    FakeRule full =
        FakeRule.named("limits")
            .reserves(
                _ -> Reservation.refused(Verdict.overLimit("Full.", Duration.ofSeconds(7), "0.5")));

    DecisionRecord record = recordOf(TestGateway.policy(full));

    assertThat(record.rulePointer()).contains("/policies/p/tools/pay/limits");
    assertThat(record.ruleId()).isEmpty();
    assertThat(record.plugin()).contains("fake@1");
    assertThat(record.limits())
        .containsExactly(
            new LimitState(
                "/policies/p/tools/pay/limits",
                Optional.empty(),
                Optional.empty(),
                new BigDecimal("0.5"),
                OptionalLong.of(7_000),
                false));
  }

  @Test
  void tellsOnceThatALimitInShadowWouldHaveRefused() throws Exception {
    Verdict.Deny denial = Verdict.overLimit("Full.", Duration.ofSeconds(7), "0");
    FakeRule full =
        FakeRule.shadow("limits").evaluates(_ -> denial).reserves(_ -> Reservation.refused(denial));

    DecisionRecord record = recordOf(TestGateway.policy(full));

    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(record.trace()).hasSize(1);
    assertThat(record.limits()).hasSize(1);
  }

  @Test
  void goesOnWhereAPluginCannotSayWhatIsLeft() throws Exception {
    FakeRule broken =
        FakeRule.named("limits")
            .reserves(_ ->
                new Reservation() {
                  @Override
                  public List<LimitUsage> usage() {
                    throw new IllegalStateException("broken");
                  }

                  @Override
                  public void settle(Outcome outcome) {}
                });

    DecisionRecord record = recordOf(TestGateway.policy(broken));

    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(record.limits()).isEmpty();
  }

  @Test
  void holdsValuesOfArgumentsOnlyWhereThePolicyWantsThem() throws Exception {
    RecordedValues.Entry wanted =
        new RecordedValues.Entry(Selector.of("pa*", Section.TOOLS, false));
    wanted.add("args.amount");
    wanted.add("args.items[*].price");
    wanted.add("args[\"not.there\"]");
    RecordedValues.Entry others =
        new RecordedValues.Entry(Selector.of("other", Section.TOOLS, false));
    others.add("args");
    Policy policy =
        TestGateway.policy(FakeRule.named("rule"))
            .recording(new RecordedValues(List.of(wanted, others)));

    DecisionRecord record =
        recordOf(
            policy,
            "{\"secret\":\"s\",\"amount\":1.50,\"items\":[{\"price\":1},{\"x\":2},{\"price\":\"3\"}]}");

    assertThat(record.values())
        .isEqualTo(Map.of("args.amount", "1.50", "args.items[*].price", "[1,\"3\"]"));
    assertThat(recordOf(TestGateway.policy(FakeRule.named("rule"))).values()).isEmpty();
  }

  @Test
  void digestsEqualArgumentsAlikeHoweverTheyAreWritten() throws Exception {
    Policy policy = TestGateway.policy(FakeRule.named("rule"));

    Optional<String> digest =
        recordOf(policy, "{\"a\":1,\"b\":{\"x\":\"\u00e9\"}}").argumentsDigest();

    assertThat(recordOf(policy, "{ \"b\":{\"x\":\"\\u00e9\"}, \"a\":1 }").argumentsDigest())
        .isEqualTo(digest)
        .isPresent();
    assertThat(recordOf(policy, "{\"a\":2,\"b\":{\"x\":\"\u00e9\"}}").argumentsDigest())
        .isNotEqualTo(digest);
  }

  @Test
  void isInTheFileWhenTheAnswerArrives() throws Exception {
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(FakeRule.named("rule")))) {
      gateway.post(gateway.session(), TestGateway.pay(7));

      assertThat(gateway.written())
          .anySatisfy(line -> assertThat(line).contains("\"request_id\":7,"));
    }
  }

  @Test
  void isLeftOfRefusalsAtTheDoorWithinBounds() throws Exception {
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(FakeRule.named("rule")))) {
      for (int i = 0; i < 50; i++) {
        gateway.post(Knock.as("tb_stranger"), TestGateway.pay(i));
      }

      List<String> lines = gateway.lines();
      assertThat(lines.stream().filter(line -> line.contains("\"status\":401")))
          .hasSizeBetween(10, 30);
      long counted =
          lines.stream()
              .filter(line -> line.contains("\"event\":\"suppressed\""))
              .mapToLong(line -> Long.parseLong(line.replaceAll(".*\"count\":(\\d+).*", "$1")))
              .sum();
      assertThat(lines.stream().filter(line -> line.contains("\"status\":401")).count() + counted)
          .isEqualTo(50);
    }
  }

  private static Reservation using(List<LimitUsage> usage) {
    return new Reservation() {
      @Override
      public List<LimitUsage> usage() {
        return usage;
      }

      @Override
      public void settle(Outcome outcome) {}
    };
  }

  private DecisionRecord recordOf(Policy policy) throws IOException {
    return recordOf(policy, "{\"amount\":5}");
  }

  private DecisionRecord recordOf(Policy policy, String arguments) throws IOException {
    try (TestGateway gateway = TestGateway.in(data, policy)) {
      gateway.post(gateway.session(), TestGateway.pay(1, arguments));
      return gateway.records.getFirst();
    }
  }
}
