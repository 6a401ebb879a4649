package dev.tollbar.rule.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Question;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks people where its conditions hold. */
final class ApprovalRule implements Rule {
  private final Conditions when;
  private final Verdict ask;
  private final Observation asked;

  /**
   * @param ask what it asks
   */
  ApprovalRule(ApprovalConfig config, Conditions when, Verdict ask) {
    this.when = when;
    this.ask = ask;
    this.asked = asked(config);
  }

  @Override
  public Verdict evaluate(Call call) {
    return switch (when.match(call)) {
      case Match.Holds _ -> ask;
      case Match.Fails _ -> Verdict.permit();
      case Match.WrongType wrong -> Verdict.deny(wrong.reason()).keepingReason();
    };
  }

  @Override
  public Explanation explain(Call call) {
    List<Observation> observations = new ArrayList<>(when.observe(call));
    Verdict verdict = evaluate(call);
    if (verdict instanceof Verdict.Ask) {
      observations.add(asked);
    }
    return new Explanation(verdict, observations);
  }

  private static Observation asked(ApprovalConfig config) {
    String who =
        config
            .webhook()
            .map(webhook -> "whoever the webhook \"" + webhook + "\" tells")
            .orElse("whoever decides by the command line or the admin page");
    String people =
        config.approvers() == 1 ? "one person" : config.approvers() + " different people";
    Map<String, JsonNode> details = new LinkedHashMap<>();
    config.webhook().ifPresent(webhook -> details.put("webhook", TextNode.valueOf(webhook)));
    details.put("approvers", IntNode.valueOf(config.approvers()));
    details.put("within", TextNode.valueOf(config.within().text()));
    details.put("hold", TextNode.valueOf(config.hold().text()));
    if (!config.reuse().once()) {
      details.put("reuse", TextNode.valueOf(config.reuse().text()));
    }
    if (config.via() == Question.Via.ELICITATION) {
      details.put("via", TextNode.valueOf("elicitation"));
      who += ", and whoever sits at the client if it can ask";
    }
    return Observation.of(
        "people",
        "would ask %s: %s, within %s".formatted(who, people, config.within().text()),
        details);
  }
}
