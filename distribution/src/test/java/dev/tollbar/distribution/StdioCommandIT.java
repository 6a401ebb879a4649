package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.distribution.NodeClient.Step;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tollbar stdio}: the gateway as a server that clients start themselves. */
@ExtendWith(Fixtures.class)
class StdioCommandIT {
  @TempDir private Path work;

  private List<String> command(Archive archive, List<String> server) {
    List<String> words = new ArrayList<>();
    words.add(archive.home().resolve("bin/tollbar").toString());
    words.addAll(List.of("stdio", "--data", work.resolve("data").toString()));
    words.addAll(List.of("--policy", archive.home().resolve("policies/seed.json").toString()));
    words.addAll(server);
    return words;
  }

  private List<String> everything(Archive archive, NpmPackages npm) {
    List<String> server = new ArrayList<>(List.of("--"));
    server.addAll(npm.everything());
    return command(archive, server);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void servesTheTypeScriptClient(String version, Archive archive, NpmPackages npm, NodeClient node)
      throws IOException, InterruptedException {
    List<JsonNode> lines =
        node.version(version)
            .overStdio(
                everything(archive, npm),
                List.of(
                    Step.list("tools"),
                    Step.call("echo", Map.of("message", "hello")),
                    Step.call("get-env", Map.of()),
                    Step.call("trigger-sampling-request", Map.of("prompt", "hi")),
                    Step.of(
                        "watch",
                        "trigger-long-running-operation",
                        Map.of("duration", 0.6, "steps", 3)),
                    Step.of("log", true)));

    assertThat(lines.get(1).path("tools").findValuesAsText("name"))
        .contains("echo")
        .doesNotContain("get-tiny-image");
    assertThat(lines.get(2).path("content").path(0).path("text").asText()).isEqualTo("Echo: hello");
    assertThat(lines.get(3).path("content").path(0).path("text").asText())
        .isEqualTo("[POLICY DENIED] The environment holds secrets.");
    assertThat(lines.get(4).path("content").path(0).path("text").asText())
        .contains("Answer to: Resource trigger-sampling-request context: hi");
    assertThat(lines.get(5).path("order").toString())
        .startsWith("[\"progress 1 of 3\"")
        .contains("\"progress 2 of 3\"");
    assertThat(lines.get(6).path("data").asText())
        .isEqualTo("Roots updated: 1 root(s) received from client");
  }

  @Test
  void servesTheJavaClient(Archive archive, NpmPackages npm) {
    try (JavaClient client = JavaClient.overStdio(everything(archive, npm))) {
      assertThat(client.mcp().listTools().tools())
          .extracting(Tool::name)
          .contains("echo")
          .doesNotContain("get-tiny-image");
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "hello"))))
          .isEqualTo("Echo: hello");
      assertThat(JavaClient.text(client.call("get-env", Map.of())))
          .isEqualTo("[POLICY DENIED] The environment holds secrets.");
    }
  }

  @Test
  void servesAServerThatRunsAlready(Archive archive, NpmPackages npm) throws Exception {
    try (EverythingOverHttp server = EverythingOverHttp.start(npm, 0);
        JavaClient client =
            JavaClient.overStdio(command(archive, List.of("--upstream", server.url())))) {
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "hello"))))
          .isEqualTo("Echo: hello");
    }
  }
}
