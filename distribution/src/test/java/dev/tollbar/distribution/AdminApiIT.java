package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The admin API of the archive's gateway, held against its description. */
@ExtendWith(Fixtures.class)
class AdminApiIT {
  private static Path work;
  private static RunningGateway gateway;
  private static AdminClient admin;
  private static JavaClient agent;
  private static OpenApi description;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path folder) throws Exception {
    work = folder;
    description = OpenApi.read();
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        Resources.text("admin.yaml")
            .replace("EVERYTHING", npm.everything().subList(1, 3).toString()));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
    admin = new AdminClient(gateway.admin(), firstToken());
    agent = JavaClient.overHttp(gateway.url("everything"), "");
  }

  private static String firstToken() {
    return gateway.announcement().stream()
        .filter(line -> line.contains("#token="))
        .map(line -> line.substring(line.indexOf("#token=") + "#token=".length()))
        .findFirst()
        .orElseThrow();
  }

  @AfterAll
  static void stop() {
    if (agent != null) {
      agent.close();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  @Test
  void everyAnswerIsAsItIsDescribed() throws Exception {
    FutureTask<CallToolResult> held =
        new FutureTask<>(() -> agent.call("echo", Map.of("message", "described")));
    Thread.ofVirtual().start(held);
    String approval =
        Eventually.get(
                () -> admin.get("/approvals?status=pending").path("items"),
                items -> !items.isEmpty())
            .path(0)
            .path("id")
            .asText();
    agent.call("get-sum", Map.of("a", 1, "b", 2));
    agent.call("get-env", Map.of());
    String revision = gateway.revision();
    String seq =
        Eventually.get(
                () -> admin.get("/records?tool=get-sum").path("items"), items -> !items.isEmpty())
            .path(0)
            .path("seq")
            .asText();

    Map<String, HttpResponse<String>> answers = new LinkedHashMap<>();
    for (String operation : description.operations()) {
      String[] parts = operation.split(" ", 2);
      if (parts[0].equals("GET") && !parts[1].equals("/events")) {
        String path =
            (parts[1].equals("/diff") ? "/diff?from=current" : parts[1])
                .replace("{seq}", seq)
                .replace("{name}", "everything")
                .replace("{id}", parts[1].startsWith("/approvals") ? approval : revision);
        answers.put(operation, admin.send("GET", path, ""));
      }
    }
    answers.put(
        "POST /records/{seq}/explanation",
        admin.send(
            "POST", "/records/" + seq + "/explanation", "{\"arguments\":{\"a\":1,\"b\":2}}"));
    answers.put(
        "POST /revisions/{id}/rollback",
        admin.send("POST", "/revisions/" + revision + "/rollback", ""));
    answers.put(
        "POST /approvals/{id}/decision",
        admin.send("POST", "/approvals/" + approval + "/decision", "{\"decision\":\"approve\"}"));
    answers.put("POST /logout", admin.send("POST", "/logout", ""));

    assertThat(answers.keySet())
        .containsAll(
            description.operations().stream()
                .filter(it -> !it.equals("GET /events") && !it.equals("POST /login"))
                .toList());
    answers.forEach((operation, answer) -> {
      assertThat(answer.statusCode()).as(operation + answer.body()).isIn(200, 204);
      assertThat(description.faults(operation, answer)).as(operation).isEmpty();
    });
    assertThat(JavaClient.text(held.get())).isEqualTo("Echo: described");
    assertThat(admin.get("/audit").path("items").findValuesAsText("action"))
        .contains("decide", "rollback");
  }

  @Test
  void everyProblemIsAsItIsDescribed() throws Exception {
    AdminClient stranger = new AdminClient(gateway.admin(), "tba_00000000_" + "A".repeat(43));

    HttpResponse<String> foreign = stranger.send("GET", "/me", "");
    assertThat(foreign.statusCode()).isEqualTo(401);
    assertThat(Wire.JSON.readTree(foreign.body()).path("code").asText()).isEqualTo("foreign_token");
    for (HttpResponse<String> problem :
        List.of(
            foreign,
            admin.send("GET", "/me?x=1", ""),
            admin.send("PUT", "/me", ""),
            admin.send("POST", "/approvals/none/decision", "{\"decision\":\"deny\"}"),
            admin.send("POST", "/approvals/none/decision", "x".repeat(300 * 1024)))) {
      assertThat(problem.headers().firstValue("Content-Type"))
          .as(problem.body())
          .hasValue("application/problem+json");
      assertThat(description.faults("GET /me", problem)).as(problem.body()).isEmpty();
    }
  }

  @Test
  void asksAServerForItsToolsBeforeAnyClientHas(Archive archive, @TempDir Path folder)
      throws Exception {
    try (RunningGateway fresh =
        RunningGateway.serve(
            archive, folder, List.of("--document", work.resolve("gateway.yaml").toString()))) {
      String token =
          fresh.announcement().stream()
              .filter(line -> line.contains("#token="))
              .map(line -> line.replaceFirst(".*#token=", ""))
              .findFirst()
              .orElseThrow();
      JsonNode matrix = new AdminClient(fresh.admin(), token).get("/servers/everything/tools");

      assertThat(matrix.path("tools").findValuesAsText("name"))
          .contains("get-sum", "get-tiny-image");
      assertThat(matrix.path("tools").path(0).path("listed").asBoolean()).isTrue();
    }
  }

  @Test
  void aTokenOfACommandIsKnownAtOnceAndRevokedAtOnce(Archive archive) throws Exception {
    String data = gateway.data().toString();
    Finished made =
        archive.run("admin", "token", "create", "ann", "--role", "approver", "--data", data);
    AdminClient ann = new AdminClient(gateway.admin(), made.out().strip());

    assertThat(made.err())
        .isEqualTo(
            "Keep this token: it is shown only now. Log in with it at /console/, or send it as"
                + " Authorization: Bearer TOKEN.\n");
    assertThat(ann.get("/me").path("role").asText()).isEqualTo("approver");
    assertThat(archive.run("admin", "token", "list", "--data", data).out())
        .isEqualTo("ann  approver  valid\nfirst  admin  valid\n");
    assertThat(archive.run("admin", "token", "revoke", "ann", "--data", data).exitCode()).isZero();
    assertThat(ann.get("/me").path("code").asText()).isEqualTo("revoked_token");
    assertThat(archive.run("audit", "show", "--admin", "--data", data).out())
        .contains("refused  (unknown) (-)  authenticate  This token was revoked.");
    assertThat(archive.run("audit", "verify", data).exitCode()).isZero();
  }

  @Test
  void tellsOfDecisionsAsTheyAreMade() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> stream =
          http.send(
              HttpRequest.newBuilder(URI.create(gateway.admin() + "/api/v1/events"))
                  .header("Authorization", "Bearer " + admin.token())
                  .build(),
              BodyHandlers.ofInputStream());
      assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
      try (BufferedReader lines =
              new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
          Stream<String> all = lines.lines()) {
        agent.call("get-structured-content", Map.of("location", "Chicago"));

        assertThat(
                all.filter(line -> line.startsWith("data: ") && line.contains("get-structured"))
                    .findFirst()
                    .orElseThrow())
            .contains("\"decision\":\"permit\"");
      }
    }
  }
}
