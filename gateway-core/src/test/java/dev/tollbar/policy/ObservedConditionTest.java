package dev.tollbar.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Observation;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObservedConditionTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void tellsWhatItComparesAndWhatItFound() throws Exception {
    List<Observation> seen = observe("{\"amount\": 250}", "args.amount", "gt", "100");

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().subject()).isEqualTo("args.amount");
    assertThat(seen.getFirst().text()).isEqualTo("gt 100, found 250: holds");
    assertThat(seen.getFirst().details()).containsOnlyKeys("op", "value", "found", "holds");
  }

  @Test
  void tellsThatThereIsNothing() throws Exception {
    assertThat(observe("{}", "args.amount", "gt", "100").getFirst().text())
        .isEqualTo("gt 100, found nothing: does not hold");
  }

  @Test
  void tellsThatAValueCannotBeJudged() throws Exception {
    assertThat(observe("{\"amount\": \"1\"}", "args.amount", "gt", "100").getFirst().text())
        .isEqualTo("gt 100, found \"1\": cannot be judged");
  }

  @Test
  void tellsEveryElement() throws Exception {
    assertThat(observe("{\"n\": [1, 2]}", "args.n[*]", "lt", "2").getFirst().text())
        .isEqualTo("lt 2, found 1 and 2: does not hold");
  }

  @Test
  void showsTheMembersOfAGroup() throws Exception {
    Condition inner = Condition.of("args.a", "eq", JSON.readTree("1"));
    Condition group =
        new Condition(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of(inner)),
            Optional.empty(),
            Optional.empty());

    List<Observation> seen = compiled(group).observe(call("{\"a\": 2}"));

    assertThat(seen.getFirst().subject()).isEqualTo("any of these");
    assertThat(seen.getFirst().text()).isEqualTo("does not hold");
    assertThat(seen.getFirst().parts().getFirst().text()).isEqualTo("eq 1, found 2: does not hold");
  }

  private static List<Observation> observe(String arguments, String path, String op, String value)
      throws Exception {
    return compiled(Condition.of(path, op, JSON.readTree(value))).observe(call(arguments));
  }

  private static Conditions compiled(Condition condition) {
    return new ConditionCompiler(Dialect.VERSION_2)
        .compile("conditions", List.of(condition), Conditions.Quantifier.ALL);
  }

  private static dev.tollbar.api.Call call(String arguments) throws Exception {
    Map<String, JsonNode> answers = Map.of("arguments", JSON.readTree(arguments));
    return (dev.tollbar.api.Call)
        Proxy.newProxyInstance(
            ObservedConditionTest.class.getClassLoader(),
            new Class<?>[] {dev.tollbar.api.Call.class},
            (_, method, _) -> answers.get(method.getName()));
  }
}
