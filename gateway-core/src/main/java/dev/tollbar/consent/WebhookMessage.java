package dev.tollbar.consent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Delivery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a webhook is sent.
 *
 * @param id the {@code webhook-id}: the same for every attempt
 */
record WebhookMessage(String id, byte[] body) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_LINKS = 100;

  static WebhookMessage of(Delivery.Message message, Approval approval, DecisionLinks links) {
    return switch (message) {
      case REQUESTED -> new WebhookMessage(approval.id(), requested(approval, links));
      case WITHDRAWN -> new WebhookMessage(approval.id() + ".withdrawn", withdrawn(approval));
    };
  }

  private static byte[] requested(Approval approval, DecisionLinks links) {
    return written(g -> {
      g.writeStringField("type", "approval.requested");
      about(g, approval);
      g.writeFieldName("arguments");
      g.writeRawValue(approval.arguments()); // canonical JSON, exact
      g.writeStringField("reason", approval.reason());
      g.writeStringField("rule", approval.rule());
      g.writeNumberField("approvers", approval.approvers());
      g.writeStringField("expires", approval.expires().toString());
      if (links.base().isPresent()) {
        g.writeObjectFieldStart("decide");
        links(g, approval, 1, links);
        g.writeStringField(
            "callback", links.base().get() + "/callbacks/approvals/" + approval.id());
        if (approval.approvers() > 1) {
          g.writeArrayFieldStart("people");
          for (int i = 1; i <= Math.min(approval.approvers(), MOST_LINKS); i++) {
            g.writeStartObject();
            links(g, approval, i, links);
            g.writeEndObject();
          }
          g.writeEndArray();
        }
        g.writeEndObject();
      }
    });
  }

  private static byte[] withdrawn(Approval approval) {
    return written(g -> {
      g.writeStringField("type", "approval.withdrawn");
      about(g, approval);
    });
  }

  private static void about(JsonGenerator g, Approval approval) throws IOException {
    g.writeStringField("id", approval.id());
    g.writeStringField("grant", approval.grant());
    g.writeStringField("server", approval.server());
    g.writeStringField("tool", approval.tool());
  }

  private static void links(JsonGenerator g, Approval approval, int number, DecisionLinks links)
      throws IOException {
    for (Purpose purpose : new Purpose[] {Purpose.APPROVE, Purpose.DENY, Purpose.DECIDE}) {
      g.writeStringField(
          purpose == Purpose.DECIDE ? "page" : purpose.wire(),
          links.url(approval.id(), purpose, number, approval.expires()).orElseThrow());
    }
  }

  private interface Members {
    void write(JsonGenerator g) throws IOException;
  }

  private static byte[] written(Members members) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator g = JSON.createGenerator(body)) {
      g.writeStartObject();
      members.write(g);
      g.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return body.toByteArray();
  }
}
