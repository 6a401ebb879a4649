package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Splice;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A legacy server's response as a modern client expects it. What it has already stays as it is, and
 * every byte that need not change.
 */
final class ModernResult {
  private static final Set<String> CACHEABLE =
      Set.of(
          "tools/list",
          "prompts/list",
          "resources/list",
          "resources/templates/list",
          "resources/read");

  /** What MCP keeps for itself since 2026-07-28. */
  private static final int FIRST_RESERVED = -32099;

  private static final int LAST_RESERVED = -32020;

  private ModernResult() {}

  /**
   * The response with the client's id.
   *
   * @param method that it answers
   * @param serverInfo who answers, as JSON text
   * @throws UpstreamException if its result is none
   */
  static Output of(Message response, MessageId id, String method, Optional<String> serverInfo)
      throws UpstreamException {
    Splice splice = new Splice(response.bytes()).put(response.idRange().orElseThrow(), id.json());
    if (response.isErrorResponse()) {
      return error(response, splice);
    }
    if (!(response.result().orElseThrow() instanceof ObjectNode result)) {
      throw new UpstreamException(Reason.MALFORMED, true, 0, "the server's result is no object");
    }
    StringJoiner added = new StringJoiner(",");
    if (!result.has("resultType")) {
      added.add("\"resultType\":\"complete\"");
    }
    if (CACHEABLE.contains(method)) {
      if (!result.has("ttlMs")) {
        added.add("\"ttlMs\":0");
      }
      if (!result.has("cacheScope")) {
        added.add("\"cacheScope\":\"private\"");
      }
    }
    serverInfo.ifPresent(info -> name(response, result, info, added, splice));
    insert(splice, response.range("result").orElseThrow(), added.toString(), result);
    return Output.answer(splice.bytes());
  }

  private static void name(
      Message response, ObjectNode result, String info, StringJoiner added, Splice splice) {
    String member = JsonText.quote(MetaKeys.SERVER_INFO) + ":" + info;
    JsonNode meta = result.get("_meta");
    if (meta == null) {
      added.add("\"_meta\":{" + member + "}");
    } else if (meta instanceof ObjectNode object && !object.has(MetaKeys.SERVER_INFO)) {
      insert(splice, response.range("result._meta").orElseThrow(), member, object);
    }
  }

  /** Puts members at the beginning of an object. */
  static void insert(Splice splice, Range object, String members, ObjectNode there) {
    if (!members.isEmpty()) {
      Range brace = new Range(object.from(), object.from() + 1);
      splice.put(brace, "{" + members + (there.isEmpty() ? "" : ","));
    }
  }

  /** The code of an error; 0 if it has none. */
  static long code(Message response) {
    return response.error().path("code").asLong(0);
  }

  private static Output error(Message response, Splice splice) {
    long code = code(response);
    long modern = modernCode(code);
    if (modern != code) {
      splice.put(response.range("error.code").orElseThrow(), Long.toString(modern));
    }
    return new Output(splice.bytes(), Output.status(modern), true);
  }

  /**
   * Resources that do not exist have another code since 2026-07-28. What legacy servers mean by the
   * codes that have since been reserved is not what clients would understand.
   */
  private static long modernCode(long code) {
    if (code == ErrorCode.RESOURCE_NOT_FOUND) {
      return ErrorCode.INVALID_PARAMS;
    }
    return code >= FIRST_RESERVED && code <= LAST_RESERVED ? ErrorCode.INTERNAL_ERROR : code;
  }
}
