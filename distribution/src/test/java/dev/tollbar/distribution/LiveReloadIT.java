package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The document is edited while the gateway runs, as editors do: by renaming a new file over it. */
@ExtendWith(Fixtures.class)
class LiveReloadIT {
  private static final Map<String, Object> HELLO = Map.of("message", "hello");

  @TempDir private Path work;
  private String document = "";
  private RunningGateway gateway;
  private JavaClient client;

  @BeforeEach
  void start(Archive archive, NpmPackages npm) throws IOException, InterruptedException {
    document =
        """
        version: "2"
        servers:
          everything: { transport: { stdio: { command: node, args: %s } } }
        policies:
          agents: { default: deny, tools: { echo: {} } }
        """
            .formatted(npm.everything().subList(1, 3));
    save(document);
    gateway = RunningGateway.serve(archive, work, List.of("--document", file().toString()));
    client = JavaClient.overHttp(gateway.url(), "");
  }

  @AfterEach
  void stop() {
    client.close();
    gateway.close();
  }

  private Path file() {
    return work.resolve("gateway.yaml");
  }

  private void save(String text) throws IOException {
    Path draft = Files.writeString(work.resolve("gateway.yaml.new"), text);
    Files.move(draft, file(), StandardCopyOption.REPLACE_EXISTING);
  }

  private String inForce() throws IOException, InterruptedException {
    return gateway.health().path("document").path("revision").asText();
  }

  private List<JsonNode> calls() throws IOException {
    return gateway.decisions().stream()
        .filter(record -> record.path("method").asText().equals("tools/call"))
        .toList();
  }

  @Test
  void decidesTheNextCallByTheEditedDocument() throws Exception {
    String first = gateway.revision();
    assertThat(client.call("echo", HELLO).isError()).isNotEqualTo(true);

    save(document.replace("echo: {}", "echo: { deny: { reason: Not any more. } }"));
    String second = Eventually.get(this::inForce, revision -> !revision.equals(first));

    assertThat(second).matches("[0-9a-f]{64}").isNotEqualTo(first);
    assertThat(JavaClient.text(client.call("echo", HELLO)))
        .isEqualTo("[POLICY DENIED] Not any more.");
    // A record is written when its call is over: a moment after the answer.
    assertThat(Eventually.get(this::calls, records -> records.size() == 2))
        .extracting(
            record -> record.path("revision").asText(), record -> record.path("decision").asText())
        .containsExactly(tuple(first, "permit"), tuple(second, "deny"));
  }

  @Test
  void keepsTheOldDocumentInForceWhileTheNewOneIsBroken() throws Exception {
    save(document.replace("echo: {}", "echo: { dney: { reason: Not any more. } }"));
    JsonNode health =
        Eventually.get(gateway::health, now -> !now.path("document").path("problems").isEmpty());

    assertThat(health.path("status").asText()).isEqualTo("degraded");
    assertThat(health.path("document").path("revision").asText()).isEqualTo(gateway.revision());
    assertThat(health.path("document").path("problems")).hasSize(1);
    assertThat(health.path("document").path("problems").path(0).asText())
        .contains("5:45 /policies/agents/tools/echo/dney: unknown rule kind \"dney\"")
        .endsWith("Did you mean \"deny\"?");
    CallToolResult result = client.call("echo", HELLO);
    assertThat(JavaClient.text(result)).isEqualTo("Echo: hello");

    save(document);
    JsonNode mended =
        Eventually.get(gateway::health, now -> now.path("document").path("problems").isEmpty());
    assertThat(mended.path("document").path("problems")).isEmpty();
  }
}
