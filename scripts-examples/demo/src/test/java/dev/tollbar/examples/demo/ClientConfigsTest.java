package dev.tollbar.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientConfigsTest {
  private static final URI URL = URI.create("http://127.0.0.1:7400/mcp/live2d");

  private final ClientConfigs configs = new ClientConfigs(McpJsonDefaults.getMapper());

  @Test
  void givesTheUrlInTheFormOfEachClient() throws IOException {
    assertThat(configs.cursor("live2d", URL))
        .isEqualTo("{\"mcpServers\":{\"live2d\":{\"url\":\"http://127.0.0.1:7400/mcp/live2d\"}}}");
    assertThat(configs.vsCode("live2d", URL))
        .isEqualTo(
            "{\"servers\":{\"live2d\":{\"type\":\"http\",\"url\":\"http://127.0.0.1:7400/mcp/live2d\"}}}");
  }

  @Test
  void startsTheSameGatewayOverStdio() throws IOException {
    Installation tollbar = new Installation(Path.of("/opt/a \"quoted\" folder"));

    Map<String, Object> config =
        McpJsonDefaults.getMapper().readValue(configs.stdio("live2d", tollbar), new TypeRef<>() {});

    List<String> arguments =
        List.of(
            "stdio",
            "--policy",
            tollbar.policy().toString(),
            "--name",
            "live2d",
            "--",
            tollbar.server().get(0),
            "-jar",
            tollbar.server().get(2));
    Map<String, Object> entry = Map.of("command", tollbar.program().toString(), "args", arguments);
    assertThat(config).isEqualTo(Map.of("mcpServers", Map.of("live2d", entry)));
  }
}
