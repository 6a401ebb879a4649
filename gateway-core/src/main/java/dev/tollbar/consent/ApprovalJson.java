package dev.tollbar.consent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Delivery;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Approvals as JSON, for programs. */
public final class ApprovalJson {
  private ApprovalJson() {}

  /** One approval as it stands at a given time. */
  public static ObjectNode of(Approval approval, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", approval.id());
    json.put("status", approval.status(now).wire());
    json.put("grant", approval.grant());
    json.put("server", approval.server());
    json.put("tool", approval.tool());
    json.putRawValue("arguments", new RawValue(approval.arguments())); // canonical JSON, exact
    json.put("rule", approval.rule());
    json.put("reason", approval.reason());
    approval.webhook().ifPresent(webhook -> json.put("webhook", webhook));
    json.put("revision", approval.revision());
    json.put("approvers", approval.approvers());
    json.put("missing", approval.missing());
    json.put("reuse_seconds", approval.reuse().toSeconds());
    json.put("created", approval.created().toString());
    json.put("expires", approval.expires().toString());
    approval.used().ifPresent(at -> json.put("used", at.toString()));
    approval.withdrawn().ifPresent(at -> json.put("withdrawn", at.toString()));
    for (Approval.Answer answer : approval.answers()) {
      ObjectNode said = json.withArray("answers").addObject();
      said.put("decision", answer.approve() ? "approve" : "deny");
      said.put("by", answer.by());
      said.put("comment", answer.comment());
      said.put("at", answer.at().toString());
      answer.link().ifPresent(link -> said.put("link", link));
    }
    if (approval.answers().isEmpty()) {
      json.putArray("answers");
    }
    return json;
  }

  /**
   * The same with more to look at.
   *
   * @param last what the arguments are compared with
   * @param deliveries the messages about it
   */
  public static ObjectNode of(
      Approval approval, Instant now, Optional<Approval> last, List<Delivery> deliveries) {
    ObjectNode json = of(approval, now);
    last.ifPresent(before -> {
      ObjectNode compared = json.putObject("compared");
      compared.put("with", before.id());
      before.used().ifPresent(at -> compared.put("made", at.toString()));
      compared.putArray("lines");
      for (ArgumentDiff.Line line :
          ArgumentDiff.of(approval.arguments(), Optional.of(before.arguments()))) {
        ObjectNode shown = compared.withArray("lines").addObject();
        shown.put("change", line.change().name().toLowerCase(Locale.ROOT));
        shown.put("pointer", line.pointer());
        line.now().ifPresent(value -> shown.putRawValue("now", new RawValue(value)));
        line.before().ifPresent(value -> shown.putRawValue("before", new RawValue(value)));
      }
    });
    json.putArray("deliveries");
    deliveries.forEach(delivery -> json.withArray("deliveries").add(of(delivery)));
    return json;
  }

  /** A message to a webhook. */
  public static ObjectNode of(Delivery delivery) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("approval", delivery.approval());
    json.put("message", delivery.message().wire());
    json.put("webhook", delivery.webhook());
    json.put("state", delivery.state().name().toLowerCase(Locale.ROOT));
    json.put("attempts", delivery.attempts());
    json.put("changed", delivery.changed().toString());
    if (delivery.state() == Delivery.State.WAITING) {
      json.put("due", delivery.due().toString());
    }
    delivery.problem().ifPresent(problem -> json.put("problem", problem));
    return json;
  }
}
