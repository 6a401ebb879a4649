package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.consent.DecisionLinks;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Members;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.StrictParser;
import dev.tollbar.state.Approval;
import java.util.Optional;
import java.util.Set;

/**
 * A round of a call in which not the server, but the gateway asks the client (MCP 2026-07-28,
 * basic/mrtr). The state that the client brings back names the approval and says that this gateway
 * has asked; the server sees nothing of it.
 *
 * @param approval whose answer the client brings
 * @param result what it says
 */
record OwnRound(String approval, JsonNode result) {
  private static final String KEY = "tollbar_approval";
  private static final String PREFIX = "tollbar-approval:";

  /**
   * A request without what belongs to such a round.
   *
   * @param round empty if the client brings no answer that this gateway has asked for
   */
  record Stripped(Routed routed, Optional<OwnRound> round) {}

  /** The result that asks: {@code input_required}. */
  static String ask(Approval approval, ClientQuestion question, DecisionLinks links) {
    String state =
        PREFIX + approval.id() + ":" + links.answerToken(approval.id(), approval.expires());
    return "{\"resultType\":\"input_required\",\"inputRequests\":{\"%s\":{\"method\":\"%s\",\"params\":%s}},\"requestState\":%s}"
        .formatted(KEY, ClientQuestion.METHOD, question.params(), JsonText.quote(state));
  }

  /** Takes off what the client brings for the gateway itself. */
  static Stripped strip(Routed routed, DecisionLinks links) throws MalformedMessageException {
    Message message = routed.message();
    Optional<String> state = message.text("requestState").filter(it -> it.startsWith(PREFIX));
    if (state.isEmpty() || !routed.protocolRevision().isModern()) {
      return new Stripped(routed, Optional.empty());
    }
    String params = Members.without(message, "params", Set.of("inputResponses", "requestState"));
    byte[] bytes =
        new Splice(message.bytes()).put(message.paramsRange().orElseThrow(), params).bytes();
    String[] parts = state.get().substring(PREFIX.length()).split(":", 2);
    Optional<OwnRound> round =
        parts.length == 2 && links.isAnswerTo(parts[0], parts[1])
            ? Optional.of(new OwnRound(parts[0], message.params().path("inputResponses").path(KEY)))
            : Optional.empty();
    return new Stripped(routed.with(StrictParser.parse(bytes)), round);
  }
}
