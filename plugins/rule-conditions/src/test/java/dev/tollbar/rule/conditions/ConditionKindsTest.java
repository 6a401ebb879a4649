package dev.tollbar.rule.conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionKindsTest {
  private static final List<Condition> CONDITIONS =
      List.of(Condition.of("args.amount", "gt", IntNode.valueOf(100)));

  private final FakeContext context = new FakeContext();
  private final Call call = new AnyCall();

  @Test
  void requirePermitsWhatHolds() throws InterruptedException {
    assertThat(evaluate(new RequireKind(), new Match.Holds())).isEqualTo(Verdict.permit());
  }

  @Test
  void requireDeniesWhatFails() throws InterruptedException {
    assertThat(evaluate(new RequireKind(), new Match.Fails()))
        .isEqualTo(Verdict.deny("A requirement of this call is not met."));
  }

  @Test
  void denyIfDeniesWhatHolds() throws InterruptedException {
    assertThat(evaluate(new DenyIfKind(), new Match.Holds()))
        .isEqualTo(Verdict.deny("This call is not permitted."));
  }

  @Test
  void denyIfPermitsWhatFails() throws InterruptedException {
    assertThat(evaluate(new DenyIfKind(), new Match.Fails())).isEqualTo(Verdict.permit());
  }

  @Test
  void bothDenyAValueOfTheWrongTypeAndSayWhich() throws InterruptedException {
    Match wrongType = new Match.WrongType("args.amount must be a number.");
    Verdict denial = Verdict.deny("args.amount must be a number.").keepingReason();

    assertThat(evaluate(new RequireKind(), wrongType)).isEqualTo(denial);
    assertThat(evaluate(new DenyIfKind(), wrongType)).isEqualTo(denial);
  }

  @Test
  void requireAsksForAllElementsAndDenyIfForAny() {
    new RequireKind().create(new ConditionsConfig(CONDITIONS), context);
    assertThat(context.compiled)
        .isEqualTo(new FakeContext.Compiled("conditions", CONDITIONS, Quantifier.ALL));

    new DenyIfKind().create(new ConditionsConfig(CONDITIONS), context);
    assertThat(context.compiled)
        .isEqualTo(new FakeContext.Compiled("conditions", CONDITIONS, Quantifier.ANY));
  }

  @Test
  void conditionsThatCannotBeCompiledRefuseTheDocument() {
    context.refuse("conditions/0/op", "an operator", "\"above\"");

    assertThatThrownBy(() -> new RequireKind().create(new ConditionsConfig(CONDITIONS), context))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("conditions/0/op: expected an operator; found \"above\"");
    assertThatThrownBy(() -> new DenyIfKind().create(new ConditionsConfig(CONDITIONS), context))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("conditions/0/op: expected an operator; found \"above\"");
  }

  @Test
  void areNamedAsInDocuments() {
    assertThat(new RequireKind().name()).isEqualTo("require");
    assertThat(new DenyIfKind().name()).isEqualTo("deny_if");
  }

  private Verdict evaluate(RuleKind<ConditionsConfig> kind, Match match)
      throws InterruptedException {
    context.match = match;
    Rule rule = kind.create(new ConditionsConfig(CONDITIONS), context);
    return rule.evaluate(call);
  }
}
