package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Observation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One condition that can tell what it sees. */
record ObservedCondition(Subject subject, String op, JsonNode value, Conditions judge)
    implements Conditions {

  @Override
  public Match match(Call call) {
    return judge.match(call);
  }

  @Override
  public List<Observation> observe(Call call) {
    List<JsonNode> values = subject.values(call);
    Match match = match(call);
    Map<String, JsonNode> details = new LinkedHashMap<>();
    details.put("op", TextNode.valueOf(op));
    details.put("value", value);
    if (values.size() == 1) {
      details.put("found", values.getFirst());
    } else if (!values.isEmpty()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      values.forEach(all::add);
      details.put("found_each", all);
    }
    put(match, details);
    return List.of(
        Observation.of(
            subject.text(),
            "%s %s, found %s: %s".formatted(op, shown(value), found(values), said(match)),
            details));
  }

  static void put(Match match, Map<String, JsonNode> details) {
    details.put("holds", BooleanNode.valueOf(match instanceof Match.Holds));
    if (match instanceof Match.WrongType(String reason)) {
      details.put("wrong", TextNode.valueOf(reason));
    }
  }

  static String said(Match match) {
    return switch (match) {
      case Match.Holds _ -> "holds";
      case Match.Fails _ -> "does not hold";
      case Match.WrongType _ -> "cannot be judged";
    };
  }

  private static String found(List<JsonNode> values) {
    return values.isEmpty()
        ? "nothing"
        : String.join(" and ", values.stream().map(ObservedCondition::shown).toList());
  }

  private static String shown(JsonNode value) {
    return value.isContainerNode() ? Wording.cut(value.toString()) : Wording.found(value);
  }
}
