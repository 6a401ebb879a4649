package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.policy.Denial;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Replies;
import java.nio.charset.StandardCharsets;

/** What a client is told of a denial (policy language, section 8). */
final class Answers {
  private Answers() {}

  /**
   * A tool error where a tool was called, so that the model can read it; a JSON-RPC error
   * elsewhere, because other results have no form for it.
   */
  static byte[] denial(Routed routed, Denial denial) {
    Door door = routed.door();
    MessageId id = routed.id();
    long retryAfterMs = denial.retryAfterMs();
    if (door == Door.TOOL_CALL) {
      return Replies.toolDenial(
          id,
          routed.protocolRevision(),
          denial.reason(),
          denial.code().wire(),
          denial.rule(),
          denial.isFinal(),
          retryAfterMs,
          denial.remaining());
    }
    ObjectNode reply = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
    reply.putRawValue("id", new com.fasterxml.jackson.databind.util.RawValue(id.json()));
    ObjectNode error = reply.putObject("error");
    error.put("code", ErrorCode.POLICY_DENIED).put("message", "[POLICY DENIED] " + denial.reason());
    ObjectNode said = error.putObject("data").putObject("dev.tollbar/denial");
    said.put("code", denial.code().wire())
        .put("rule", denial.rule())
        .put("final", denial.isFinal())
        .put("retryAfterMs", retryAfterMs);
    denial.remaining().ifPresent(left -> said.put("remaining", left));
    return reply.toString().getBytes(StandardCharsets.UTF_8);
  }
}
