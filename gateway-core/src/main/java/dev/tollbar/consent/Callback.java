package dev.tollbar.consent;

import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Takes answers that receivers send later: a POST to {@code /callbacks/approvals/ID}, signed as the
 * question was. The signature does not cover the path, so the signed part has to name the approval:
 * as {@code webhook-id}, or as {@code id} in the body. Safe for use by many threads.
 */
public final class Callback {
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** The headers of a signed message. */
  public record Headers(
      Optional<String> webhookId,
      Optional<String> webhookTimestamp,
      Optional<String> webhookSignature) {}

  /** What came of it. */
  public sealed interface Outcome {

    /** Signed and understood: taken, or too late, or said before. */
    record Ruled(Ruling ruling) implements Outcome {}

    /** No such approval, or none that this document's webhooks were asked for. */
    record Unknown() implements Outcome {}

    record BadSignature() implements Outcome {}

    /** The timestamp is more than five minutes away from the gateway's clock. */
    record TooOld() implements Outcome {}

    /**
     * Signed, and not usable.
     *
     * @param why for the sender
     */
    record Malformed(String why) implements Outcome {}
  }

  private final Approvals approvals;
  private final Answers answers;
  private final InstantSource clock;

  public Callback(Approvals approvals, Answers answers, InstantSource clock) {
    this.approvals = approvals;
    this.answers = answers;
    this.clock = clock;
  }

  /**
   * Checks the message and stores the answer.
   *
   * @param id the approval that the path names
   * @param webhooks the document's webhooks by name
   * @throws dev.tollbar.api.StoreUnavailableException when the answer could not be stored
   */
  public Outcome decide(
      String id, Headers headers, byte[] body, Map<String, WebhookTarget> webhooks) {
    Optional<WebhookTarget> asked =
        approvals
            .find(id)
            .flatMap(Approval::webhook)
            .flatMap(name -> Optional.ofNullable(webhooks.get(name)));
    if (asked.isEmpty()) {
      return new Outcome.Unknown();
    }
    WebhookTarget target = asked.get();
    String messageId = headers.webhookId().orElse("");
    String timestamp = headers.webhookTimestamp().orElse("");
    boolean signed =
        WebhookSignature.matches(
            headers.webhookSignature().orElse(""), messageId, timestamp, body, target.secrets());
    if (!signed) {
      return new Outcome.BadSignature();
    }
    Instant now = clock.instant();
    if (!isRecent(timestamp, now)) {
      return new Outcome.TooOld();
    }
    try {
      DecisionMessage message = DecisionMessage.parse(body);
      if (!message.id().orElse(messageId).equals(id)) {
        return new Outcome.Malformed(
            "the message does not name the approval: expected " + id + " as webhook-id or as id");
      }
      String by = message.by().orElse("webhook " + target.name());
      return new Outcome.Ruled(answers.decide(id, message.approve(), by, message.reason()));
    } catch (DecisionMessage.MalformedException e) {
      return new Outcome.Malformed(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isRecent(String timestamp, Instant now) {
    try {
      long seconds = Long.parseLong(timestamp);
      return Math.abs(Math.subtractExact(now.getEpochSecond(), seconds)) <= TOLERANCE.toSeconds();
    } catch (NumberFormatException | ArithmeticException _) {
      return false;
    }
  }
}
