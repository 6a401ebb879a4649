package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ArgumentCheck.Finding;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import java.util.List;

/** Writes explanations for programs. */
final class ExplainedJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ExplainedJson() {}

  static ObjectNode of(Explained explained) {
    ObjectNode json = NODES.objectNode();
    switch (explained) {
      case Explained.TurnedAway away -> {
        json.put("decision", "refused");
        json.put("status", away.refused().status());
        json.put("text", away.refused().reason());
        json.put("revision", away.revision());
        call(json, away.sketch());
      }
      case Explained.Judgement judgement -> {
        decision(json, judgement.judged().decision());
        json.put("revision", judgement.revision());
        json.put("policy", judgement.policy());
        json.put("shadow", judgement.shadow());
        call(json, judgement.sketch());
        ArrayNode listed = json.putArray("listed_by");
        judgement.judged().listedBy().forEach(listed::add);
        judgement.judged().arguments().ifPresent(finding -> check(json, finding));
        rules(json, judgement.judged());
      }
    }
    return json;
  }

  private static void decision(ObjectNode json, Decision decision) {
    switch (decision) {
      case Decision.Denied(Denial denial, var _) -> {
        json.put("decision", "deny");
        json.put("code", denial.code().wire());
        json.put("rule", denial.rule());
        json.put("text", denial.reason());
        json.put("final", denial.code().isFinal());
        denial.retryAfter().ifPresent(wait -> json.put("retry_after_ms", wait.toMillis()));
        denial.remaining().ifPresent(left -> json.put("remaining", left));
      }
      case Decision.Permitted permitted when !permitted.asked().isEmpty() -> {
        json.put("decision", "ask");
        json.put("rule", permitted.asked().getFirst().rule().name());
      }
      case Decision.Permitted _ -> json.put("decision", "permit");
    }
  }

  private static void check(ObjectNode json, Finding finding) {
    ObjectNode check = json.putObject("argument_check");
    check.put(
        "found",
        switch (finding) {
          case Finding.Fits _ -> "fits";
          case Finding.Differs _ -> "differs";
          case Finding.Unchecked _ -> "unchecked";
        });
    check.put("text", ExplainedText.said(finding));
  }

  private static void call(ObjectNode json, CallSketch sketch) {
    json.put("grant", sketch.grant());
    json.put("server", sketch.server());
    json.put("method", TrialCall.method(sketch.section()));
    json.put("tool", sketch.tool().name());
    json.put("tool_seen", sketch.tool().seen());
    json.put("time", sketch.time().toString());
    json.set("arguments", sketch.arguments());
  }

  private static void rules(ObjectNode json, Judged judged) {
    ArrayNode rules = json.putArray("rules");
    judged.decision().trace().stream()
        .filter(said -> said.rule().kind().equals(said.rule().pointer()))
        .forEach(said -> {
          ObjectNode rule = rules.addObject();
          rule.put("rule", said.rule().pointer());
          rule.put("shadow", true);
          verdict(rule, said.verdict());
        });
    for (Judged.Seen seen : judged.rules()) {
      ObjectNode rule = rules.addObject();
      rule.put("rule", seen.rule().name());
      rule.put("pointer", seen.rule().pointer());
      seen.rule().id().ifPresent(id -> rule.put("id", id));
      rule.put("kind", seen.rule().kind());
      rule.put("plugin", seen.rule().plugin());
      rule.put("shadow", seen.rule().shadow());
      rule.put("reached", seen.explanation().isPresent());
      if (seen.explanation().isPresent()) {
        Explanation explanation = seen.explanation().get();
        verdict(rule, explanation.verdict());
        rule.set("saw", observations(explanation.observations()));
      }
    }
  }

  private static void verdict(ObjectNode rule, Verdict verdict) {
    switch (verdict) {
      case Verdict.Permit _ -> rule.put("verdict", "permit");
      case Verdict.Deny deny -> rule.put("verdict", "deny").put("reason", deny.reason());
      case Verdict.Ask(var question) -> rule.put("verdict", "ask").put("reason", question.reason());
    }
  }

  private static ArrayNode observations(List<Observation> observations) {
    ArrayNode saw = NODES.arrayNode();
    for (Observation observation : observations) {
      ObjectNode seen = saw.addObject();
      seen.put("subject", observation.subject());
      seen.put("text", observation.text());
      observation.details().forEach(seen::set);
      if (!observation.parts().isEmpty()) {
        seen.set("parts", observations(observation.parts()));
      }
    }
    return saw;
  }
}
