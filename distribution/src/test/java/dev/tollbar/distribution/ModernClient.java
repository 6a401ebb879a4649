package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Requests of 2026-07-28, each of which stands alone; see {@link ModernChecks}. */
final class ModernClient {
  private static final String NAMESPACE = "io.modelcontextprotocol/";
  private static final String REVISION = "2026-07-28";

  private final WireClient wire;
  private final Map<String, String> headers;

  /**
   * A client.
   *
   * @param headers what each of its requests says beside what its revision wants
   */
  ModernClient(WireClient wire, Map<String, String> headers) {
    this.wire = wire;
    this.headers = headers;
  }

  /** Params that name a tool. */
  static ObjectNode tool(String name) {
    ObjectNode params = Wire.JSON.createObjectNode().put("name", name);
    params.putObject("arguments");
    return params;
  }

  /** The params of a call once more, with one answer to all that was asked, and the state. */
  static ObjectNode answering(ObjectNode params, JsonNode asked, JsonNode answer) {
    ObjectNode next = params.deepCopy();
    ObjectNode answers = next.putObject("inputResponses");
    asked.path("inputRequests").propertyStream().forEach(one -> answers.set(one.getKey(), answer));
    if (asked.has("requestState")) {
      next.set("requestState", asked.path("requestState"));
    }
    return next;
  }

  WireReply call(int id, ObjectNode params) throws IOException, InterruptedException {
    return send(id, "tools/call", params, Map.of());
  }

  WireReply call(int id, String tool) throws IOException, InterruptedException {
    return call(id, tool(tool));
  }

  WireReply send(int id, String method, ObjectNode params)
      throws IOException, InterruptedException {
    return send(id, method, params, Map.of());
  }

  /** A request as its revision has it: what is in the body stands in the headers too. */
  WireReply send(int id, String method, ObjectNode params, Map<String, String> more)
      throws IOException, InterruptedException {
    ObjectNode message = Wire.JSON.createObjectNode();
    message.put("jsonrpc", "2.0").put("id", id).put("method", method).set("params", params);
    ObjectNode meta = params.withObject("_meta");
    meta.put("progressToken", "wire").put(NAMESPACE + "protocolVersion", REVISION);
    meta.putObject(NAMESPACE + "clientInfo").put("name", "wire").put("version", "1");
    ObjectNode capabilities = meta.putObject(NAMESPACE + "clientCapabilities");
    capabilities.putObject("elicitation");
    capabilities.putObject("sampling");
    capabilities.putObject("extensions").putObject(NAMESPACE + "tasks");
    Map<String, String> all = new HashMap<>(headers);
    all.put("MCP-Protocol-Version", REVISION);
    all.put("Mcp-Method", method);
    for (String name : new String[] {"name", "uri", "taskId"}) {
      if (params.has(name)) {
        all.put("Mcp-Name", params.path(name).asText());
      }
    }
    all.putAll(more);
    return wire.post(message.toString(), all);
  }
}
