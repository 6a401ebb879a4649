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
import java.util.ArrayList;
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
  /** What would end the tests beside it, or is no whole answer; each has a test of its own. */
  private static final List<String> ELSEWHERE =
      List.of(
          "GET /events",
          "POST /login",
          "POST /grants",
          "POST /grants/{name}/revocation",
          "POST /dead-letters/{id}/redelivery");

  private static final String GRANT =
      "{\"name\":\"ci\",\"servers\":{\"everything\":\"everything\"}}";

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
    admin = new AdminClient(gateway.admin(), gateway.firstToken());
    agent = JavaClient.overHttp(gateway.url("everything"), "");
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
        "POST /explanation",
        admin.send("POST", "/explanation", "{\"tool\":\"get-sum\",\"server\":\"everything\"}"));
    answers.put("POST /dead-letters/dismissal", admin.send("POST", "/dead-letters/dismissal", ""));
    answers.put(
        "POST /dead-letters/{id}/dismissal",
        admin.send("POST", "/dead-letters/" + approval + "/dismissal", ""));
    answers.put(
        "POST /revisions/{id}/rollback",
        admin.send("POST", "/revisions/" + revision + "/rollback", ""));
    answers.put(
        "POST /approvals/{id}/decision",
        admin.send("POST", "/approvals/" + approval + "/decision", "{\"decision\":\"approve\"}"));
    answers.put(
        "POST /admin-tokens",
        admin.send("POST", "/admin-tokens", "{\"name\":\"dan\",\"role\":\"viewer\"}"));
    answers.put(
        "POST /admin-tokens/{name}/revocation",
        admin.send("POST", "/admin-tokens/dan/revocation", ""));
    answers.put("POST /logout", admin.send("POST", "/logout", ""));

    assertThat(answers.keySet())
        .containsAll(
            description.operations().stream().filter(it -> !ELSEWHERE.contains(it)).toList());
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
    String decide = "POST /approvals/{id}/decision";
    Map<HttpResponse<String>, String> problems = new LinkedHashMap<>();
    problems.put(foreign, "GET /me");
    problems.put(admin.send("GET", "/me?x=1", ""), "GET /me");
    problems.put(admin.send("POST", "/approvals/none/decision", "{\"decision\":\"deny\"}"), decide);
    problems.put(admin.send("POST", "/approvals/none/decision", "x".repeat(300 * 1024)), decide);
    problems.forEach((problem, operation) -> {
      assertThat(problem.headers().firstValue("Content-Type"))
          .as(problem.body())
          .hasValue("application/problem+json");
      assertThat(description.faults(operation, problem)).as(problem.body()).isEmpty();
    });
    assertThat(problems.keySet().stream().map(HttpResponse::statusCode))
        .containsExactly(401, 400, 404, 413);
    assertThat(admin.send("PUT", "/me", "").body())
        .isEqualTo(
            "{\"type\":\"urn:tollbar:problem:method_not_allowed\",\"title\":\"Method not allowed\",\"status\":405,"
                + "\"detail\":\"Expected GET.\",\"code\":\"method_not_allowed\"}");
  }

  @Test
  void asksAServerForItsToolsBeforeAnyClientHas(Archive archive, @TempDir Path folder)
      throws Exception {
    try (RunningGateway fresh =
        RunningGateway.serve(
            archive, folder, List.of("--document", work.resolve("gateway.yaml").toString()))) {
      JsonNode matrix =
          new AdminClient(fresh.admin(), fresh.firstToken()).get("/servers/everything/tools");

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
        .contains("ann  approver  valid\n", "first  admin  valid\n");
    assertThat(archive.run("admin", "token", "revoke", "ann", "--data", data).exitCode()).isZero();
    assertThat(ann.get("/me").path("code").asText()).isEqualTo("revoked_token");
    assertThat(archive.run("audit", "show", "--operators", "--data", data).out())
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

  /** A command with the token of this gateway, which it looks for. */
  private static ProcessBuilder command(Archive archive, String... words) {
    ProcessBuilder command = archive.command(words);
    command.environment().put("TOLLBAR_ADMIN_TOKEN", gateway.firstToken());
    return command;
  }

  @Test
  void commandsWithATokenGoToTheGatewayThatRunsOnTheFolder(Archive archive) throws Exception {
    String data = gateway.data().toString();
    String at = "tollbar: at " + gateway.admin() + ", as first (admin)\n";
    Process watching =
        command(archive, "approvals", "watch", "--format", "json", "--data", data).start();
    FutureTask<CallToolResult> held =
        new FutureTask<>(() -> agent.call("echo", Map.of("message", "by command")));
    Thread.ofVirtual().start(held);
    String id;
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(watching.getInputStream(), StandardCharsets.UTF_8));
        Stream<String> all = lines.lines()) {
      id =
          Wire.JSON
              .readTree(all.filter(line -> line.contains("by command")).findFirst().orElseThrow())
              .path("id")
              .asText();
    } finally {
      watching.destroy();
    }

    Finished shown = Finished.run(command(archive, "approvals", "show", id, "--data", data));
    assertThat(shown.err()).isEqualTo(at);
    assertThat(shown.out()).isEqualTo(archive.run("approvals", "show", id, "--data", data).out());
    assertThat(
            Finished.run(
                command(archive, "approvals", "approve", id, "--comment", "Go.", "--data", data)))
        .isEqualTo(new Finished(0, id + "  approved\n", at));
    assertThat(JavaClient.text(held.get())).isEqualTo("Echo: by command");
    assertThat(admin.get("/audit?limit=1").path("items").path(0).toString())
        .contains("\"who\":\"first\"", "\"action\":\"decide\"", "\"target\":\"" + id + "\"", "Go.");
  }

  @Test
  void adminTokensAreMadeListedAndRevokedAtTheGateway(Archive archive) throws Exception {
    String at = "tollbar: at " + gateway.admin() + ", as first (admin)\n";
    String[] there = {"--admin", gateway.admin()};

    Finished made =
        Finished.run(
            command(
                archive, "admin", "token", "create", "carl", "--role", "viewer", there[0],
                there[1]));
    AdminClient carl = new AdminClient(gateway.admin(), made.out().strip());
    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(carl.get("/me").path("role").asText()).isEqualTo("viewer");
    assertThat(carl.get("/admin-tokens").path("code").asText()).isEqualTo("wrong_role");
    Finished listed = Finished.run(command(archive, "admin", "token", "list", there[0], there[1]));
    assertThat(listed.err()).isEqualTo(at);
    assertThat(listed.out()).contains("carl  viewer  valid\n", "first  admin  valid\n");
    ProcessBuilder revoke =
        command(archive, "admin", "token", "revoke", "carl", there[0], there[1]);
    assertThat(Finished.run(revoke)).isEqualTo(new Finished(0, "", at));
    assertThat(carl.get("/me").path("code").asText()).isEqualTo("revoked_token");
    revoke = command(archive, "admin", "token", "revoke", "carl", there[0], there[1]);
    assertThat(Finished.run(revoke))
        .isEqualTo(new Finished(2, "", at + "tollbar: there is no valid admin token \"carl\".\n"));
    assertThat(archive.run("audit", "show", "--operators", gateway.data().toString()).out())
        .contains(
            "done  first (admin)  admin_token  carl  {\"role\":\"viewer\"}\n",
            "done  first (admin)  revoke_admin_token  carl\n");
  }

  @Test
  void theLogIsShownByTheGatewayAsByTheFolder(Archive archive) throws Exception {
    String data = gateway.data().toString();
    agent.call("get-sum", Map.of("a", 4, "b", 5));
    admin.send("POST", "/dead-letters/dismissal", "");

    for (List<String> which : List.of(List.of("--tool", "get-sum"), List.of("--operators"))) {
      List<String> words = new ArrayList<>(List.of("audit", "show", "--json"));
      words.addAll(which);
      List<String> here = new ArrayList<>(words);
      words.addAll(List.of("--admin", gateway.admin()));
      here.add(data);
      Finished there = Finished.run(command(archive, words.toArray(String[]::new)));

      assertThat(there.err()).isEqualTo("tollbar: at " + gateway.admin() + ", as first (admin)\n");
      assertThat(there.out()).isNotEmpty();
      // Tests beside this one may have done more by then.
      assertThat(archive.run(here.toArray(String[]::new)).out()).startsWith(there.out());
    }
  }

  @Test
  void recordsOfTheGatewayAreDecidedAgainInTheirOrderAndForItsGrants(
      Archive archive, @TempDir Path folder) throws Exception {
    String document = Files.readString(work.resolve("gateway.yaml"));
    Path served = Files.writeString(folder.resolve("served.yaml"), document);
    Path candidate =
        Files.writeString(folder.resolve("candidate.yaml"), document.replace("max: 600", "max: 2"));
    try (RunningGateway fresh =
        RunningGateway.serve(archive, folder, List.of("--document", served.toString()))) {
      AdminClient operator = new AdminClient(fresh.admin(), fresh.firstToken());
      String made = operator.send("POST", "/grants", GRANT).body();
      String token = Wire.JSON.readTree(made).path("token").asText();
      try (JavaClient ci = JavaClient.overHttp(fresh.url("everything"), token)) {
        for (int i = 0; i < 3; i++) {
          ci.call("get-sum", Map.of("a", i, "b", 1));
        }
      }
      ProcessBuilder there =
          archive.command("replay", "--document", candidate.toString(), "--admin", fresh.admin());
      there.environment().put("TOLLBAR_ADMIN_TOKEN", fresh.firstToken());

      Finished replayed = Finished.run(there);

      assertThat(replayed.err()).isEqualTo("tollbar: at " + fresh.admin() + ", as first (admin)\n");
      assertThat(replayed.out())
          .contains("permit → deny  get-sum on everything: 1 call by ci\n")
          .contains("decided as before: 2 calls\n")
          .isEqualTo(
              archive
                  .run(
                      "replay",
                      "--document",
                      candidate.toString(),
                      "--data",
                      fresh.data().toString())
                  .out());
    }
  }

  @Test
  void theGatewayExplainsCallsByItsDocumentInForce(Archive archive) throws Exception {
    agent.call("get-sum", Map.of("a", 6, "b", 7));
    String seq =
        Eventually.get(
                () -> admin.get("/records?tool=get-sum").path("items"), items -> !items.isEmpty())
            .path(0)
            .path("seq")
            .asText();
    String[] words = {"explain", "--tool", "get-env", "--admin", gateway.admin()};

    Finished described = Finished.run(command(archive, words));
    assertThat(described.out())
        .startsWith("tools/call get-env on everything by grant local at ")
        .contains("revision " + admin.get("/document").path("revision").asText());
    words = new String[] {"explain", "--record", seq, "--admin", gateway.admin()};
    assertThat(Finished.run(command(archive, words)))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: at "
                    + gateway.admin()
                    + ", as first (admin)\n"
                    + "tollbar: the record does not hold the arguments of its call; send them as"
                    + " \"arguments\"\n"));
  }

  @Test
  void theDocumentIsRolledBackWhereTheGatewayReadsIt(Archive archive) throws Exception {
    Path document = work.resolve("gateway.yaml");
    String before = Files.readString(document);
    String revision = admin.get("/document").path("revision").asText();
    Files.writeString(document, before.replace("max: 600", "max: 60"));
    String other =
        Eventually.get(
            () -> admin.get("/document").path("revision").asText(), it -> !it.equals(revision));

    ProcessBuilder back = command(archive, "rollback", "--admin", gateway.admin());
    Finished done = Finished.run(back);

    String shown = revision.substring(0, 12);
    assertThat(done.err()).isEqualTo("tollbar: at " + gateway.admin() + ", as first (admin)\n");
    assertThat(done.out())
        .startsWith("everything, for ")
        .endsWith(
            "revision %s is written to %s\nrevision %s is in force\n"
                .formatted(shown, document.toRealPath(), shown));
    assertThat(document).hasContent(before);
    ProcessBuilder history = command(archive, "history", "--limit", "2");
    history.environment().put("TOLLBAR_ADMIN_URL", gateway.admin());
    assertThat(Finished.run(history).out().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).contains(shown, "  back     "),
            line -> assertThat(line).contains(other.substring(0, 12), "  changed  "),
            line -> assertThat(line).startsWith("… and "));
    assertThat(archive.run("history", "--limit", "2", "--data", gateway.data().toString()).out())
        .contains(shown);
  }
}
