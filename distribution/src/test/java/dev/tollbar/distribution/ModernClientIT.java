package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.distribution.NodeClient.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official TypeScript client, speaking 2026-07-28 only, in front of server-everything, which
 * speaks nothing newer than 2025-11-25.
 */
@ExtendWith(Fixtures.class)
class ModernClientIT {
  private static EverythingOverHttp server;
  private static RunningGateway gateway;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    server = EverythingOverHttp.start(npm, 0);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          piped:
            transport: { stdio: { command: node, args: %s } }
          web:
            transport: { streamable_http: { url: "%s" } }
        policies:
          open: { default: allow, validate_arguments: false, tools: {} }
        """
            .formatted(npm.everything().subList(1, 3), server.url()));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    server.close();
  }

  private static JsonNode one(NodeClient node, String name, Step step)
      throws IOException, InterruptedException {
    return node.modern().overHttp(gateway.url(name), "", List.of(step)).get(1);
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asText(result.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void getsWhatALegacyClientGets(String name, NodeClient node) throws Exception {
    List<Step> steps =
        List.of(
            Step.list("tools"),
            Step.list("prompts"),
            Step.list("resources"),
            Step.list("templates"),
            Step.call("echo", Map.of("message", "é \uD83D\uDE00 \u0000")),
            Step.call("get-sum", Map.of("a", "no number")),
            Step.call("get-structured-content", Map.of("location", "Chicago")),
            Step.call("get-tiny-image", Map.of()),
            Step.of("read", "demo://resource/static/document/features.md"),
            Step.of("prompt", "args-prompt", Map.of("city", "Bonn", "state", "NRW")),
            Step.of(
                "complete",
                Map.of(
                    "ref", Map.of("type", "ref/prompt", "name", "completable-prompt"),
                    "argument", Map.of("name", "department", "value", "S"))));

    List<JsonNode> legacy = node.version("2").overHttp(server.url(), "", steps);
    List<JsonNode> modern = node.modern().overHttp(gateway.url(name), "", steps);

    // The client itself drops this, which its revision does not have any more.
    legacy.get(1).path("tools").forEach(tool -> ((ObjectNode) tool).remove("execution"));
    assertThat(modern).hasSize(steps.size() + 1);
    assertThat(modern.getFirst().path("server").path("name"))
        .isEqualTo(legacy.getFirst().path("server").path("name"));
    assertThat(modern.getFirst().path("instructions"))
        .isEqualTo(legacy.getFirst().path("instructions"));
    for (int i = 1; i < modern.size(); i++) {
      for (Map.Entry<String, JsonNode> member : legacy.get(i).properties()) {
        assertThat(modern.get(i).path(member.getKey()))
            .as("%s of %s", member.getKey(), steps.get(i - 1))
            .isEqualTo(member.getValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void answersWhatTheServerAsks(String name, NodeClient node) throws Exception {
    List<Step> steps =
        List.of(
            Step.call("trigger-sampling-request", Map.of("prompt", "hello")),
            Step.call("trigger-elicitation-request", Map.of()),
            Step.call("get-roots-list", Map.of()));

    List<JsonNode> said = node.modern().overHttp(gateway.url(name), "", steps);

    assertThat(text(said.get(1))).contains("Answer to: Resource trigger-sampling-request");
    assertThat(said.get(2).toString()).contains("- Name: Ann");
    assertThat(text(said.get(3))).contains("file:///srv/project");
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void hearsOfProgressAsItComes(String name, NodeClient node) throws Exception {
    JsonNode seen =
        one(
            node,
            name,
            Step.of("watch", "trigger-long-running-operation", Map.of("duration", 3, "steps", 3)));

    List<String> order = new ArrayList<>();
    seen.path("order").forEach(event -> order.add(event.asText()));
    assertThat(order)
        .containsSubsequence("progress 1 of 3", "progress 2 of 3", "progress 3 of 3", "result")
        .containsSubsequence("progress 1 of 3", "echo", "result");
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void readingWhatIsNotThereIsAnErrorThatModernClientsKnow(String name, NodeClient node)
      throws Exception {
    assertThat(one(node, name, Step.of("read", "demo://resource/nowhere")).path("code").asInt())
        .isEqualTo(-32602);
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void hearsOfResourcesThatItSubscribedTo(String name, NodeClient node) throws Exception {
    String uri = "demo://resource/dynamic/text/1";
    JsonNode heard =
        one(
            node,
            name,
            Step.of(
                "listen",
                Map.of("resourceSubscriptions", List.of(uri), "toolsListChanged", true),
                Map.of("name", "toggle-subscriber-updates", "arguments", Map.of())));

    assertThat(heard.path("method").asText()).isEqualTo("notifications/resources/updated");
    assertThat(heard.path("uri").asText()).isEqualTo(uri);
    assertThat(heard.path("granted").path("resourceSubscriptions").path(0).asText()).isEqualTo(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void aCallThatItsClientGivesUpIsRecordedSo(String name, NodeClient node) throws Exception {
    int before = cancelled(gateway.decisions());
    Step cancel =
        Step.of("cancel", "trigger-long-running-operation", Map.of("duration", 4, "steps", 8));
    // The other call keeps the client there until the gateway has noticed.
    Step echo = Step.call("echo", Map.of("message", "still there"));

    List<JsonNode> said = node.modern().overHttp(gateway.url(name), "", List.of(cancel, echo));

    assertThat(said.get(1).path("cancelled").asBoolean()).isTrue();
    assertThat(text(said.get(2))).contains("still there");
    assertThat(
            cancelled(Eventually.get(gateway::decisions, records -> cancelled(records) > before)))
        .isGreaterThan(before);
  }

  private static int cancelled(List<JsonNode> records) {
    return (int) records.stream().filter(record -> record.toString().contains("cancelled")).count();
  }
}
