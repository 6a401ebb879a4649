package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Parts;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Splice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Responses of a modern server as a legacy client reads them. Every byte that need not be changed
 * stays.
 */
final class LegacyResponse {
  private LegacyResponse() {}

  /**
   * The response to a client's request.
   *
   * @param wrapped whether the tool that was called had its output schema wrapped
   */
  static byte[] of(ModernResponse.Complete response, Message request, boolean wrapped) {
    Message message = response.message();
    Splice splice = new Splice(message.bytes());
    withId(splice, message, request);
    message.range("result.resultType").ifPresent(splice::dropMember);
    JsonNode result = message.result().orElseThrow();
    switch (request.method()) {
      case "tools/call" -> wrapContent(splice, message, result, wrapped);
      case "tools/list" -> wrapSchemas(splice, message, result);
      default -> {}
    }
    return splice.bytes();
  }

  /** The error that the server refuses a client's request with. */
  static byte[] of(ModernResponse.Failure response, Message request) {
    Message message = response.message();
    Splice splice = new Splice(message.bytes());
    withId(splice, message, request);
    int code = code(response, request.method());
    if (code != response.code()) {
      splice.put(message.range("error.code").orElseThrow(), Integer.toString(code));
    }
    return splice.bytes();
  }

  /** A client's own error, in answer to what it was asked, as the end of the call. */
  static byte[] refusedByClient(Message answer, MessageId call) {
    String error = text(answer.bytes(), answer.range("error").orElseThrow());
    return ("{\"jsonrpc\":\"2.0\",\"id\":" + call.json() + ",\"error\":" + error + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void withId(Splice splice, Message message, Message request) {
    if (!message.id().equals(request.id())) {
      splice.put(message.idRange().orElseThrow(), request.id().orElseThrow().json());
    }
  }

  /**
   * Codes that a legacy client has other words for. What is wrong with the headers or the revision
   * is not the client's fault, who has sent neither.
   */
  private static int code(ModernResponse.Failure response, String method) {
    return switch (response.code()) {
      case ErrorCode.INVALID_PARAMS -> {
        JsonNode error = response.message().error();
        boolean notFound =
            method.startsWith("resources/") && error.path("data").path("uri").isTextual();
        yield notFound ? ErrorCode.RESOURCE_NOT_FOUND : ErrorCode.INVALID_PARAMS;
      }
      case ErrorCode.HEADER_MISMATCH, ErrorCode.UNSUPPORTED_REVISION -> ErrorCode.INTERNAL_ERROR;
      case ErrorCode.MISSING_CAPABILITY -> ErrorCode.INVALID_REQUEST;
      default -> response.code();
    };
  }

  /** Whether a legacy client, which knows objects only, gets the tool's output inside of one. */
  static boolean isWrapped(JsonNode tool) {
    return tool.get("outputSchema") instanceof ObjectNode schema
        && !schema.path("type").asText().equals("object");
  }

  private static void wrapContent(
      Splice splice, Message message, JsonNode result, boolean wrapped) {
    JsonNode content = result.path("structuredContent");
    if (content.isMissingNode() || (content.isObject() && !wrapped)) {
      return;
    }
    Range whole = message.range("result").orElseThrow();
    Range value = Parts.member(message.bytes(), whole, "structuredContent").orElseThrow();
    splice.put(value, "{\"result\":" + text(message.bytes(), value) + "}");
  }

  private static void wrapSchemas(Splice splice, Message message, JsonNode result) {
    JsonNode tools = result.path("tools");
    if (!tools.isArray()) {
      return;
    }
    byte[] bytes = message.bytes();
    Range whole = message.range("result").orElseThrow();
    Range list = Parts.member(bytes, whole, "tools").orElseThrow();
    List<Range> ranges = Parts.elements(bytes, list);
    for (int i = 0; i < ranges.size(); i++) {
      if (isWrapped(tools.get(i))) {
        Range schema = Parts.member(bytes, ranges.get(i), "outputSchema").orElseThrow();
        splice.put(schema, wrap(tools.get(i).path("outputSchema"), bytes, schema));
      }
    }
  }

  /** References into the schema itself lead nowhere once it lies elsewhere: then it says less. */
  private static String wrap(JsonNode schema, byte[] bytes, Range range) {
    String inner = refersToItself(schema) ? "{}" : text(bytes, range);
    return "{\"type\":\"object\",\"properties\":{\"result\":"
        + inner
        + "},\"required\":[\"result\"]}";
  }

  private static boolean refersToItself(JsonNode schema) {
    for (Map.Entry<String, JsonNode> member : schema.properties()) {
      boolean refers = member.getKey().equals("$ref") || member.getKey().equals("$dynamicRef");
      if (refers && member.getValue().asText().startsWith("#")) {
        return true;
      }
    }
    for (JsonNode inner : schema) {
      if (refersToItself(inner)) {
        return true;
      }
    }
    return false;
  }

  /** An event's message without the id of the listen request that it came for. */
  static byte[] withoutSubscription(Message notification) {
    Optional<Range> id = notification.range("params._meta." + MetaKeys.SUBSCRIPTION_ID);
    return id.map(range -> new Splice(notification.bytes()).dropMember(range).bytes())
        .orElse(notification.bytes());
  }

  private static String text(byte[] bytes, Range range) {
    return new String(Parts.bytes(bytes, range), StandardCharsets.UTF_8);
  }
}
