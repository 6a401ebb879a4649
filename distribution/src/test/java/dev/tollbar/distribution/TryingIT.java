package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is tried before anybody depends on it: cases, replays, shadow, reasons. */
@ExtendWith(Fixtures.class)
class TryingIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern COMMAND =
      Pattern.compile("```\\R\\$ tollbar ([^\\r\\n]+)\\R(.*?)```", Pattern.DOTALL);

  @TempDir private Path work;

  private Finished run(Archive archive, String... words) throws IOException, InterruptedException {
    return Finished.run(archive.command(words).directory(work.toFile()));
  }

  private void copyPolicies(Archive archive) throws IOException {
    Files.createDirectories(work.resolve("policies"));
    for (String name : archive.files("policies")) {
      Files.copy(
          archive.home().resolve("policies").resolve(name), work.resolve("policies").resolve(name));
    }
  }

  @Test
  void everyCommandOfThePageAnswersAsThePageSays(Archive archive) throws Exception {
    copyPolicies(archive);
    Resources.copy("mistake.test.yaml", work);
    Resources.copy("tried.jsonl", work);
    Matcher command =
        COMMAND.matcher(Files.readString(archive.home().resolve("docs/testing-policies.md")));
    int commands = 0;
    while (command.find()) {
      commands++;
      Finished finished = run(archive, command.group(1).split(" "));

      assertThat(finished.out().replaceAll("revision [0-9a-f]{12}", "revision 0123456789ab"))
          .as(command.group(1))
          .isEqualTo(command.group(2));
      assertThat(finished.err()).as(command.group(1)).isEmpty();
    }
    assertThat(commands).isEqualTo(4);
  }

  @Test
  void everyExamplePolicyHasCasesThatPassAndSeeEveryRuleDecide(Archive archive) throws Exception {
    copyPolicies(archive);
    try (Stream<Path> files = Files.list(work.resolve("policies"))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.matches("[^.]+\\.(json|yaml)"))
                  .map(name -> name.replaceFirst("\\.[a-z]+$", ".test.yaml")))
          .isNotEmpty()
          .allSatisfy(name -> assertThat(work.resolve("policies").resolve(name)).exists());
    }

    Finished all = run(archive, "test", "policies", "--strict", "--junit", "junit.xml");

    assertThat(all.exitCode()).as(all.out()).isZero();
    assertThat(work.resolve("junit.xml")).content().contains("failures=\"0\"");
  }

  @Test
  void exitCodesAreForBuildServers(Archive archive) throws Exception {
    copyPolicies(archive);
    Resources.copy("mistake.test.yaml", work);
    assertThat(run(archive, "test", "mistake.test.yaml").exitCode()).isEqualTo(1);

    Files.writeString(
        work.resolve("half.test.yaml"),
        """
        policy: policies/refund-ceiling.yaml
        cases: [{ name: looking, calls: [{ tool: get_order, expect: { decision: permit } }] }]
        """);
    assertThat(run(archive, "test", "half.test.yaml").exitCode()).isZero();
    assertThat(run(archive, "test", "half.test.yaml", "--strict").exitCode()).isEqualTo(3);

    Files.writeString(work.resolve("bad.test.yaml"), "policy: nowhere.yaml\ncases: []\n");
    assertThat(run(archive, "test", "bad.test.yaml", "half.test.yaml"))
        .isEqualTo(
            new Finished(
                2,
                "",
                """
                bad.test.yaml: 1 problem
                  1. 2:8 /cases: expected at least one case; found an empty list
                """));
    assertThat(run(archive, "test", "nowhere"))
        .isEqualTo(new Finished(2, "", "tollbar: there is no file or folder nowhere.\n"));
    Files.createDirectories(work.resolve("empty"));
    assertThat(run(archive, "test", "empty"))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: there are no test files in empty: none is called NAME.test.yaml.\n"));
    assertThat(run(archive, "shadow", "report", "--records", "empty"))
        .isEqualTo(
            new Finished(2, "", "tollbar: there are no decision records in " + work + "/empty.\n"));
  }

  @Test
  void theSchemaOfTestFilesIsPrinted(Archive archive) throws Exception {
    JsonNode schema = JSON.readTree(run(archive, "schema", "--tests").out());

    assertThat(schema.at("/properties/cases").isObject()).isTrue();
  }

  @Test
  void doesNotStartWithADocumentThatFailsItsTests(Archive archive) throws Exception {
    Resources.copy("tested.yaml", work);
    Resources.copy("tested.test.yaml", work);

    Finished refused =
        run(archive, "serve", "--document", "tested.yaml", "--port", "0", "--data", "data");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            work.resolve("tested.test.yaml")
                + """
                : 1 problem
                  1. 5:9: case "nothing is dropped" failed: call 1: drop_table {} by local: expected decision deny; found permit
                """);
  }

  @Test
  void aGatewayKeepsToItsTestsAndShowsWhatShadowSaysAndWhy(Archive archive, NpmPackages npm)
      throws Exception {
    String document =
        """
        version: "2"
        on_reload: test
        servers:
          one: { transport: { stdio: { command: node, args: %1$s } } }
          two: { transport: { stdio: { command: node, args: %1$s } } }
        policies:
          one:
            default: allow
            tools:
              echo: { deny_if: { id: rude, mode: shadow, conditions: [{ path: args.message, op: eq, value: rude }] } }
          two: { default: deny, mode: shadow }
        """
            .formatted(npm.everything().subList(1, 3));
    Path file = Files.writeString(work.resolve("gateway.yaml"), document);
    Files.writeString(
        work.resolve("gateway.test.yaml"),
        """
        document: gateway.yaml
        given: { server: one }
        cases:
          - name: rude words are only noted
            calls: [{ tool: echo, arguments: { message: rude }, expect: { decision: permit, shadow: [rude] } }]
          - name: the second policy only watches
            calls: [{ tool: echo, server: two, expect: { decision: permit, shadow: [(default deny)] } }]
        """);
    try (RunningGateway gateway =
            RunningGateway.serve(archive, work, List.of("--document", file.toString()));
        JavaClient one = JavaClient.overHttp(gateway.url("one"), "");
        JavaClient two = JavaClient.overHttp(gateway.url("two"), "")) {
      assertThat(echo(one, "rude")).isEqualTo("Echo: rude");
      assertThat(echo(two, "hello")).isEqualTo("Echo: hello");

      JsonNode shadow =
          JSON.readTree(
              run(
                      archive,
                      "shadow",
                      "report",
                      "--data",
                      gateway.data().toString(),
                      "--format",
                      "json")
                  .out());
      assertThat(shadow.path("rules").valueStream().map(rule -> rule.path("rule").asText()))
          .containsExactlyInAnyOrder("rude", "(default deny)");
      assertThat(shadow.at("/concerned/calls").asInt()).isEqualTo(2);
      ProcessBuilder there =
          archive.command("shadow", "report", "--format", "json", "--admin", gateway.admin());
      there.environment().put("TOLLBAR_ADMIN_TOKEN", gateway.firstToken());
      assertThat(JSON.readTree(Finished.run(there).out())).isEqualTo(shadow);

      Files.writeString(file, document.replace("mode: shadow, conditions", "conditions"));
      Eventually.get(
          () -> get(gateway.admin() + "/health/ready"),
          health -> health.contains("rude words are only noted"));
      assertThat(echo(one, "rude")).isEqualTo("Echo: rude");

      long seq = seqOf(gateway, "\"tool\":\"echo\"");
      assertThat(
              JSON.readTree(
                      post(
                          gateway,
                          "/records/%d/explanation".formatted(seq),
                          "{\"arguments\":{\"message\":\"rude\"}}"))
                  .at("/explanation/decision")
                  .asText())
          .isEqualTo("permit");
      assertThat(post(gateway, "/records/%d/explanation".formatted(seq), "{}"))
          .contains("the record does not hold the arguments of its call");
    }
  }

  private static String echo(JavaClient client, String message) {
    return JavaClient.text(client.call("echo", Map.of("message", message)));
  }

  private static long seqOf(RunningGateway gateway, String part) throws IOException {
    for (String line : Files.readAllLines(gateway.data().resolve("decisions.jsonl"))) {
      if (line.contains(part)) {
        return JSON.readTree(line).path("seq").asLong();
      }
    }
    throw new IOException("no record with " + part);
  }

  private static String get(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).build());
  }

  private static String post(RunningGateway gateway, String path, String body)
      throws IOException, InterruptedException {
    return new AdminClient(gateway.admin(), gateway.firstToken()).send("POST", path, body).body();
  }

  private static String send(HttpRequest request) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
