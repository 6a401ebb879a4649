package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.consent.Callback;
import dev.tollbar.consent.DecisionPage;
import dev.tollbar.consent.LinkDesk;
import dev.tollbar.consent.LinkDesk.Shown;
import dev.tollbar.consent.Ruling;
import dev.tollbar.http.DecisionEndpoint;
import java.util.Map;
import java.util.Optional;

/** Answers receivers that decide by callback, and people who decide by link. */
final class DecisionDesk implements DecisionEndpoint.Decider {

  /** Is told what was refused. */
  @FunctionalInterface
  interface Refusals {
    void refused(String code, String reason, int status);
  }

  private static final String UNAVAILABLE = "The answer could not be stored. Try again.";

  private final GatewayProcess process;
  private final Refusals refusals;

  DecisionDesk(GatewayProcess process, Refusals refusals) {
    this.process = process;
    this.refusals = refusals;
  }

  @Override
  public DecisionEndpoint.Reply callback(
      String approval, byte[] body, Map<String, String> headers) {
    try {
      return answer(
          process
              .deciding()
              .callback()
              .decide(
                  approval,
                  new Callback.Headers(
                      Optional.ofNullable(headers.get("webhook-id")),
                      Optional.ofNullable(headers.get("webhook-timestamp")),
                      Optional.ofNullable(headers.get("webhook-signature"))),
                  body,
                  process.document().webhooks()));
    } catch (StoreUnavailableException e) {
      return refuse(503, "store_unavailable", UNAVAILABLE);
    }
  }

  private DecisionEndpoint.Reply answer(Callback.Outcome outcome) {
    return switch (outcome) {
      case Callback.Outcome.Ruled(Ruling ruling) when ruling.taken() -> json(200, ruling.text());
      case Callback.Outcome.Ruled(Ruling ruling) -> refuse(409, "callback_late", ruling.text());
      case Callback.Outcome.Unknown _ ->
          refuse(404, "callback_unknown", "There is no such approval.");
      case Callback.Outcome.BadSignature _ ->
          refuse(401, "callback_signature", "The signature does not fit.");
      case Callback.Outcome.TooOld _ ->
          refuse(401, "callback_time", "The message is too old, or from the future.");
      case Callback.Outcome.Malformed malformed ->
          refuse(400, "callback_malformed", malformed.why());
    };
  }

  private DecisionEndpoint.Reply refuse(int status, String code, String detail) {
    refusals.refused(code, detail, status);
    return json(status, detail);
  }

  private static DecisionEndpoint.Reply json(int status, String detail) {
    return DecisionEndpoint.Reply.json(
        status, JsonNodeFactory.instance.objectNode().put("detail", detail).toString());
  }

  @Override
  public DecisionEndpoint.Reply look(String approval, String purpose, String token) {
    return page(desk -> desk.look(approval, purpose, token));
  }

  @Override
  public DecisionEndpoint.Reply decide(
      String approval, String purpose, String token, Map<String, String> form) {
    Optional<Boolean> choice =
        switch (form.getOrDefault("decision", "")) {
          case "approve" -> Optional.of(true);
          case "deny" -> Optional.of(false);
          default -> Optional.empty();
        };
    return page(desk ->
        desk.decide(
            approval,
            purpose,
            token,
            choice,
            form.getOrDefault("by", ""),
            form.getOrDefault("comment", "")));
  }

  private interface Work {
    Shown at(LinkDesk desk);
  }

  private DecisionEndpoint.Reply page(Work work) {
    DecisionPage page;
    try {
      Shown shown = work.at(process.deciding().linkDesk());
      if (shown instanceof Shown.Refused refused) {
        refusals.refused(refused.reason(), refused.text(), refused.status());
      }
      page = DecisionPage.of(shown);
    } catch (StoreUnavailableException e) {
      refusals.refused("store_unavailable", UNAVAILABLE, 503);
      page = DecisionPage.refused(503, UNAVAILABLE);
    }
    return DecisionEndpoint.Reply.page(
        page.status(), page.html(), DecisionPage.CONTENT_SECURITY_POLICY);
  }
}
