package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A session of revision 2025-11-25, for {@link LegacyChecks}. */
final class LegacyClient {
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{"elicitation":{},"sampling":{},"roots":{}},\
      "clientInfo":{"name":"wire","version":"1"}}}\
      """;

  private final WireClient wire;
  private final Map<String, String> headers;

  private LegacyClient(WireClient wire, Map<String, String> headers) {
    this.wire = wire;
    this.headers = headers;
  }

  static WireReply initialize(WireClient wire) throws IOException, InterruptedException {
    return wire.post(INITIALIZE, Map.of());
  }

  static LegacyClient begin(WireClient wire) throws IOException, InterruptedException {
    return begin(wire, Map.of());
  }

  /** The same with headers that each of its requests has. */
  static LegacyClient begin(WireClient wire, Map<String, String> own)
      throws IOException, InterruptedException {
    WireReply reply = wire.post(INITIALIZE, own);
    assertThat(reply.header("Mcp-Session-Id")).as("session of initialize").hasSize(1);
    assertThat(reply.message().at("/result/protocolVersion").asText()).isEqualTo("2025-11-25");
    Map<String, String> headers = new HashMap<>(own);
    headers.put("Mcp-Session-Id", reply.header("Mcp-Session-Id").getFirst());
    headers.put("MCP-Protocol-Version", "2025-11-25");
    LegacyClient client = new LegacyClient(wire, headers);
    client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return client;
  }

  String session() {
    return headers.getOrDefault("Mcp-Session-Id", "");
  }

  WireReply post(String message) throws IOException, InterruptedException {
    return wire.post(message, headers);
  }

  WireReply call(int id, String tool) throws IOException, InterruptedException {
    return post(Wire.call(id, tool, "{}"));
  }

  WireReply get(Map<String, String> more) throws IOException, InterruptedException {
    return wire.get(with(more));
  }

  WireReply post(String message, Map<String, String> more)
      throws IOException, InterruptedException {
    return wire.post(message, with(more));
  }

  WireReply delete() throws IOException, InterruptedException {
    return delete(Map.of());
  }

  WireReply delete(Map<String, String> more) throws IOException, InterruptedException {
    return wire.delete(with(more));
  }

  private Map<String, String> with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    return all;
  }
}
