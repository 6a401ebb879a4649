package dev.tollbar.examples.demo;

import io.modelcontextprotocol.json.McpJsonMapper;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What to paste into MCP clients. */
final class ClientConfigs {
  private final McpJsonMapper json;

  ClientConfigs(McpJsonMapper json) {
    this.json = json;
  }

  /** Cursor's, for a gateway that runs. */
  String cursor(String server, URI url) throws IOException {
    return json.writeValueAsString(
        Map.of("mcpServers", Map.of(server, Map.of("url", url.toString()))));
  }

  /** VS Code's, for a gateway that runs. */
  String vsCode(String server, URI url) throws IOException {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("type", "http");
    entry.put("url", url.toString());
    return json.writeValueAsString(Map.of("servers", Map.of(server, entry)));
  }

  /** Claude Desktop's, which starts the gateway itself; Cursor takes the same. */
  String stdio(String server, Installation tollbar) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("stdio", "--policy", tollbar.policy().toString()));
    arguments.addAll(List.of("--name", server, "--"));
    arguments.addAll(tollbar.server());
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("command", tollbar.program().toString());
    entry.put("args", arguments);
    return json.writeValueAsString(Map.of("mcpServers", Map.of(server, entry)));
  }
}
