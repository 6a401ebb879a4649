package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.consent.Callback;
import dev.tollbar.http.AdminEndpoint;
import java.util.Optional;

/** Answers receivers that decide by callback. */
final class CallbackDesk implements AdminEndpoint.CallbackDecider {
  private final GatewayProcess process;

  CallbackDesk(GatewayProcess process) {
    this.process = process;
  }

  @Override
  public AdminEndpoint.Answer decide(
      String approval,
      byte[] body,
      Optional<String> webhookId,
      Optional<String> timestamp,
      Optional<String> signature) {
    try {
      return answer(
          process
              .callback()
              .decide(
                  approval,
                  new Callback.Headers(webhookId, timestamp, signature),
                  body,
                  process.document().webhooks()));
    } catch (StoreUnavailableException e) {
      return answer(503, "the answer could not be stored; try again");
    }
  }

  private static AdminEndpoint.Answer answer(Callback.Outcome outcome) {
    return switch (outcome) {
      case Callback.Outcome.Recorded _ -> answer(200, "recorded");
      case Callback.Outcome.Unknown _ -> answer(404, "there is no such approval");
      case Callback.Outcome.BadSignature _ -> answer(401, "the signature does not fit");
      case Callback.Outcome.TooOld _ -> answer(401, "the message is too old");
      case Callback.Outcome.AlreadyDecided decided ->
          answer(409, decided.status().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
      case Callback.Outcome.Malformed malformed -> answer(400, malformed.why());
    };
  }

  private static AdminEndpoint.Answer answer(int status, String detail) {
    return new AdminEndpoint.Answer(
        status, JsonNodeFactory.instance.objectNode().put("detail", detail).toString());
  }
}
