package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/** Checks of the wire without a session, 2026-07-28; see {@link WireCheck}. */
final class ModernChecks {
  private ModernChecks() {}

  private static WireReply send(
      WireClient wire, String method, ObjectNode params, Map<String, String> more)
      throws IOException, InterruptedException {
    return new ModernClient(wire, Map.of()).send(1, method, params, more);
  }

  private static ObjectNode tool(String name) {
    return ModernClient.tool(name);
  }

  private static WireReply call(WireClient wire, ObjectNode params)
      throws IOException, InterruptedException {
    return send(wire, "tools/call", params, Map.of());
  }

  static void answersACallWithoutASession(WireClient wire)
      throws IOException, InterruptedException {
    WireReply reply = call(wire, tool("test_structured"));

    assertThat(reply.status()).as("status of a call without a session").isEqualTo(200);
    JsonNode result = reply.response().path("result");
    assertThat(result.path("resultType").asText()).as("resultType").isEqualTo("complete");
    assertThat(result.path("_meta").path("example.org/trace"))
        .asString()
        .isEqualTo("{\"a\":[1,2,{\"b\":null}]}");
  }

  static void passesArgumentsInHeaders(WireClient wire) throws IOException, InterruptedException {
    ObjectNode params = tool("test_x_mcp_header");
    params.withObject("arguments").put("region", "eu");

    WireReply reply = send(wire, "tools/call", params, Map.of("Mcp-Param-Region", "eu"));
    assertThat(reply.status()).as("status of a call with an argument in a header").isEqualTo(200);
    assertThat(reply.response().at("/result/content/0/text").asText()).isEqualTo("region eu");
    WireReply other = send(wire, "tools/call", params, Map.of("Mcp-Param-Region", "us"));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.response().at("/error/code").asInt()).isEqualTo(-32020);
  }

  static void refusesHeadersThatDisagree(WireClient wire) throws IOException, InterruptedException {
    WireReply reply =
        send(wire, "tools/call", tool("test_structured"), Map.of("Mcp-Name", "greet"));

    assertThat(reply.status()).isEqualTo(400);
    JsonNode refusal = reply.response();
    assertThat(refusal.at("/error/code").asInt()).isEqualTo(-32020);
    assertThat(refusal.path("id").asInt()).isEqualTo(1);
  }

  static void carriesTheStateOfARequest(WireClient wire) throws IOException, InterruptedException {
    ObjectNode params = tool("test_input_required_result_request_state");
    JsonNode asked = call(wire, params).response().path("result");

    assertThat(asked.path("resultType").asText()).as("resultType").isEqualTo("input_required");
    params.set("requestState", asked.path("requestState"));
    params
        .putObject("inputResponses")
        .putObject("confirm")
        .put("action", "accept")
        .putObject("content")
        .put("ok", true);
    assertThat(call(wire, params).response().at("/result/content/0/text").asText())
        .as("result of the second round")
        .isEqualTo("state-ok");
  }

  static void keepsHintsForCaches(WireClient wire) throws IOException, InterruptedException {
    JsonNode result =
        send(wire, "tools/list", Wire.JSON.createObjectNode(), Map.of()).response().path("result");

    assertThat(result.path("ttlMs").isNumber()).as("ttlMs of a list").isTrue();
    assertThat(result.path("cacheScope").asText()).isIn("public", "private");
  }

  static void cancelsACallWhoseClientLeft(WireClient wire) throws Exception {
    int before = cancellations(wire);
    try (WireReply call = call(wire, tool("test_cancellation"))) {
      assertThat(call.message().path("method").asText()).isEqualTo("notifications/progress");
    }
    assertThat(Eventually.get(() -> cancellations(wire), after -> after > before, wire.patience()))
        .as("calls that were cancelled")
        .isGreaterThan(before);
  }

  private static int cancellations(WireClient wire) throws IOException, InterruptedException {
    return Integer.parseInt(
        call(wire, tool("test_cancellations")).response().at("/result/content/0/text").asText());
  }
}
