package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
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

  /** Says how soon; what that is depends on the machine. */
  @Test
  void decidesByWhatWasSavedLastEachTimeADocumentOrAScriptIsSaved() throws Exception {
    save(document.replace("echo: {}", "echo: { script: { file: word.js } }"));
    List<Long> documents = new ArrayList<>();
    List<Long> scripts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String word = "Script " + i + ".";
      Files.writeString(
          work.resolve("word.js.new"), "export default (call) => '%s';".formatted(word));
      scripts.add(
          millisUntil(
              "[POLICY DENIED] " + word,
              () ->
                  Files.move(
                      work.resolve("word.js.new"),
                      work.resolve("word.js"),
                      StandardCopyOption.REPLACE_EXISTING)));
      String reason = "Document " + i + ".";
      documents.add(
          millisUntil(
              "[POLICY DENIED] " + reason,
              () ->
                  save(
                      document.replace("echo: {}", "echo: { deny: { reason: " + reason + " } }"))));
      save(document.replace("echo: {}", "echo: { script: { file: word.js } }"));
    }
    System.out.println(
        "in force after so many ms: documents " + documents + ", scripts " + scripts);
  }

  private interface Saving {
    void run() throws IOException;
  }

  private long millisUntil(String text, Saving saving) throws Exception {
    long begin = System.nanoTime();
    saving.run();
    assertThat(Eventually.get(() -> JavaClient.text(client.call("echo", HELLO)), text::equals))
        .isEqualTo(text);
    return (System.nanoTime() - begin) / 1_000_000;
  }

  @Test
  void keepsTheOldDocumentInForceWhileTheNewOneIsBrokenAndSaysSoEverywhere(Archive archive)
      throws Exception {
    String broken = document.replace("echo: {}", "echo: { dney: { reason: Not any more. } }");
    String place = "5:45 /policies/agents/tools/echo/dney: unknown rule kind \"dney\"";
    save(broken);
    JsonNode health =
        Eventually.get(gateway::health, now -> !now.path("document").path("problems").isEmpty());

    assertThat(health.path("status").asText()).isEqualTo("degraded");
    assertThat(health.path("document").path("revision").asText()).isEqualTo(gateway.revision());
    assertThat(health.path("document").path("problems")).hasSize(1);
    assertThat(health.path("document").path("problems").path(0).asText())
        .contains(place)
        .endsWith("Did you mean \"deny\"?");
    assertThat(gateway.log())
        .contains(
            file() + ": the change is not in force: | " + file() + ": 1 problem |   1. " + place);
    assertThat(metrics()).contains("\ntollbar_document_problems 1.0\n");
    JsonNode console = new AdminClient(gateway.admin(), token()).get("/document");
    assertThat(console.path("revision").asText()).isEqualTo(gateway.revision());
    assertThat(console.path("text").asText()).isEqualTo(document);
    assertThat(console.path("edited").asText()).isEqualTo(broken);
    assertThat(console.at("/problems/0/line").asInt()).isEqualTo(5);
    assertThat(console.at("/problems/0/pointer").asText())
        .isEqualTo("/policies/agents/tools/echo/dney");
    Finished history = archive.run("history", "--data", gateway.data().toString());
    assertThat(history.out().lines()).hasSize(1).first().asString().contains("  started  ");
    assertThat(history.err())
        .isEqualTo(
            "tollbar: not as in the newest revision, and not in force: gateway.yaml. See: tollbar"
                + " check "
                + file()
                + "\n");
    CallToolResult result = client.call("echo", HELLO);
    assertThat(JavaClient.text(result)).isEqualTo("Echo: hello");

    String lengthy = broken + "# more\n".repeat(200_000);
    save(lengthy);
    JsonNode cut = new AdminClient(gateway.admin(), token()).get("/document");
    assertThat(cut.path("edited_bytes").asLong()).isEqualTo(lengthy.length());
    assertThat(cut.path("edited").asText()).isEqualTo(lengthy.substring(0, 1024 * 1024));

    save(document);
    JsonNode mended =
        Eventually.get(gateway::health, now -> now.path("document").path("problems").isEmpty());
    assertThat(mended.path("status").asText()).isEqualTo("up");
    assertThat(gateway.log()).contains(file() + ": it is again as the revision in force");
    assertThat(metrics()).contains("\ntollbar_document_problems 0.0\n");
  }

  private String metrics() throws IOException, InterruptedException {
    return gateway.operators("/metrics").body();
  }

  /** Of the link to the console that the gateway prints. */
  private String token() {
    return gateway.announcement().stream()
        .filter(line -> line.contains("#token="))
        .map(line -> line.substring(line.indexOf("#token=") + "#token=".length()))
        .findFirst()
        .orElseThrow();
  }
}
