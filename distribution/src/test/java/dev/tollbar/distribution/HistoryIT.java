package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollbar history}, {@code show}, {@code diff} and {@code rollback}. */
@ExtendWith(Fixtures.class)
class HistoryIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path work;

  private Finished run(Archive archive, RunningGateway gateway, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(List.of("--data", gateway.data().toString()));
    return archive.run(command.toArray(String[]::new));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text);
  }

  @Test
  void bringsAnEarlierRevisionBackWhileTheGatewayRuns(Archive archive, NpmPackages npm)
      throws Exception {
    String document =
        """
        version: "2"
        servers:
          everything: { transport: { stdio: { command: node, args: %s } } }
        policies:
          agents:
            default: deny
            tools: { echo: { script: { file: polite.js } } }
        """
            .formatted(npm.everything().subList(1, 3));
    String script = "export default call => call.args.message !== 'rude' || 'Be polite.';\n";
    Path file = write("gateway.yaml", document);
    write("polite.js", script);
    try (RunningGateway gateway =
            RunningGateway.serve(archive, work, List.of("--document", file.toString()));
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      String first = gateway.revision();
      write("polite.js", "export default call => 'Nobody speaks.';\n");
      write("gateway.yaml", document + "    hide: [get-env]\n");
      Eventually.get(
          () -> JavaClient.text(client.call("echo", Map.of("message", "hello"))),
          "[POLICY DENIED] Nobody speaks."::equals);

      Finished edited = run(archive, gateway, "rollback", first.substring(0, 8));
      assertThat(edited.exitCode()).isZero();
      assertThat(edited.out())
          .contains("revision " + first.substring(0, 12) + " is written to " + file + "\n")
          .endsWith("revision " + first.substring(0, 12) + " is in force\n");

      assertThat(file).hasContent(document);
      assertThat(work.resolve("polite.js")).hasContent(script);
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "hello"))))
          .isEqualTo("Echo: hello");
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "rude"))))
          .isEqualTo("[POLICY DENIED] Be polite.");

      List<String> history = run(archive, gateway, "history").out().lines().toList();
      assertThat(history.getFirst()).contains(first.substring(0, 12) + "  back     " + file);
      assertThat(history.getLast()).contains(first.substring(0, 12) + "  started  " + file);
      assertThat(run(archive, gateway, "show", first.substring(0, 12)).out()).isEqualTo(document);
      assertThat(run(archive, gateway, "show", "--file", "polite.js").out()).isEqualTo(script);
      assertThat(run(archive, gateway, "show", "--files").out())
          .isEqualTo("gateway.yaml\npolite.js\n");
      Path copy = work.resolve("copy");
      assertThat(run(archive, gateway, "show", "--to", copy.toString()).exitCode()).isZero();
      assertThat(copy.resolve("gateway.yaml")).hasContent(document);
      assertThat(copy.resolve("polite.js")).hasContent(script);
      assertThat(run(archive, gateway, "show", "--to", copy.toString()))
          .isEqualTo(
              new Finished(
                  2,
                  "",
                  "tollbar: --to: expected an empty folder or a new one; found "
                      + copy
                      + " with files.\n"));
    }
  }

  @Test
  void losesNoChangeThatWasNeverInForce(Archive archive) throws Exception {
    String document = "version: \"1\"\ndefault: deny\ntools: { echo: {} }\n";
    Path file = write("policy.yaml", document);
    try (RunningGateway gateway =
        RunningGateway.serve(archive, work, List.of("--policy", file.toString(), "--", "cat"))) {
      write("policy.yaml", document.replace("echo", "other"));
      Eventually.get(
          () -> gateway.health().path("document").path("revision").asText(),
          now -> !now.equals(gateway.revision()));
      String broken = document.replace("deny", "maybe");
      write("policy.yaml", broken);

      assertThat(run(archive, gateway, "rollback"))
          .isEqualTo(
              new Finished(
                  2,
                  """
                  default, for everybody:
                    tool other: allowed -> denied
                    tool echo: denied -> allowed
                  """,
                  "tollbar: changes that were never in force would be lost: policy.yaml."
                      + " With --force copies of them are kept.\n"));
      assertThat(file).hasContent(broken);

      assertThat(run(archive, gateway, "rollback", "--force").exitCode()).isZero();
      assertThat(file).hasContent(document);
      assertThat(work.resolve("policy.yaml.before-rollback")).hasContent(broken);
      assertThat(run(archive, gateway, "audit", "show", "--operators").out().lines().toList())
          .satisfiesExactly(
              line ->
                  assertThat(line).endsWith(" (command)  admin_token  first  {\"role\":\"admin\"}"),
              line -> assertThat(line).contains("  refused  ", " (command)  rollback  "),
              line -> assertThat(line).contains("  done  ", "{\"force\":true}"));
      assertThat(run(archive, gateway, "audit", "verify").exitCode()).isZero();

      assertThat(run(archive, gateway, "rollback", "beef"))
          .isEqualTo(
              new Finished(
                  2,
                  "",
                  "tollbar: expected a revision: 4 or more digits that its id begins with, current"
                      + " or previous; found \"beef\". See: tollbar history\n"));
    }
  }

  @Test
  void saysInWordsAndAsJsonWhatChanges(Archive archive) throws Exception {
    String token = "\n    token: { sha256: " + "a".repeat(63);
    Path before =
        write(
            "before.yaml",
            """
            version: "2"
            servers:
              tickets: { transport: { streamable_http: { url: "http://127.0.0.1:9/mcp" } } }
              files: { transport: { streamable_http: { url: "http://127.0.0.1:9/files" } } }
            policies:
              tickets:
                default: deny
                hide: [secret_*]
                tools:
                  read_*: {}
                  "@category:destructive": { approval: {} }
                  create_refund:
                    limits: [ { amount: args.amount, max: "1000.00", window: day } ]
                  close: {}
            webhooks:
              ops: { url: "https://ops.example/a", secret: { env: OPS } }
            grants:
              laptop: %s1 }
                servers: { tickets: tickets }
              ci: %s2 }
                servers: { tickets: tickets, files: tickets }
            """
                .formatted(token, token));
    Path after =
        write(
            "after.yaml",
            """
            version: "2"
            servers:
              tickets: { transport: { streamable_http: { url: "http://127.0.0.1:9/mcp" } } }
              files: { transport: { streamable_http: { url: "http://127.0.0.1:9/other" } } }
            policies:
              tickets:
                default: deny
                hide: [secret_*]
                server_requests: { sampling: deny }
                validate_arguments: false
                tools:
                  read_*: {}
                  "@category:destructive": { deny: { reason: People do that. } }
                  create_refund:
                    limits: [ { amount: args.amount, max: "5000.00", window: day } ]
                  close: { require: [ { conditions: [ { path: args.reason, op: exists, value: true } ], on_deny: Say why. } ] }
            webhooks:
              ops: { url: "https://ops.example/b", secret: { env: OPS } }
            grants:
              laptop: %s1 }
                servers: { tickets: tickets }
              ci: %s3 }
                servers: { tickets: tickets }
              phone: %s4 }
                servers: { files: tickets }
            """
                .formatted(token, token, token));

    Finished words = archive.run("diff", before.toString(), after.toString(), "--exit-code");

    assertThat(words)
        .isEqualTo(
            new Finished(
                1,
                """
                tickets, for ci and laptop:
                  tool @category:destructive: asked -> denied
                    - approval
                    + deny: reason "People do that."
                  tool create_refund: limited as before, by other rules
                    - limits: amount args.amount, max 1000.00, window day
                    + limits: amount args.amount, max 5000.00, window day
                  tool close: allowed -> checked
                    + require: conditions [{"path":"args.reason","op":"exists","value":true}], on_deny "Say why."
                files: reached by ci no more
                files: reached by phone now, under policy tickets
                tickets: sampling requests of the server to ci and laptop: allowed -> denied
                tickets: arguments of calls by ci and laptop: checked where the input schema is known -> not checked against the input schema
                server files: is reached another way
                grant ci: has another token
                grant phone: new
                webhook ops: has another URL
                """,
                ""));
    JsonNode json =
        JSON.readTree(
            archive.run("diff", before.toString(), after.toString(), "--format", "json").out());
    assertThat(json.path("changes")).hasSize(3);
    assertThat(json.path("changes").path(0))
        .isEqualTo(
            JSON.readTree(
                """
                {"server": "tickets", "grants": ["ci", "laptop"], "section": "tools",
                 "subject": "@category:destructive", "other": false,
                 "before": "asked", "after": "denied",
                 "removed": ["approval"], "added": ["deny: reason \\"People do that.\\""]}
                """));
    assertThat(json.path("others")).hasSize(8);
    assertThat(archive.run("diff", after.toString(), after.toString(), "--exit-code"))
        .isEqualTo(new Finished(0, "nothing changes for any call\n", ""));
  }

  @Test
  void saysThatOnlyAScriptChanges(Archive archive) throws Exception {
    String document =
        """
        version: "2"
        policies:
          agents:
            default: deny
            tools: { pay: { script: { file: pay.js } }, look: {} }
        """;
    Path before = Files.createDirectory(work.resolve("before"));
    Path after = Files.createDirectory(work.resolve("after"));
    for (Path folder : List.of(before, after)) {
      Files.writeString(folder.resolve("gateway.yaml"), document);
    }
    Files.writeString(before.resolve("pay.js"), "export default call => 'No.';\n");
    Files.writeString(after.resolve("pay.js"), "export default call => true;\n");

    assertThat(
            archive.run(
                "diff",
                before.resolve("gateway.yaml").toString(),
                after.resolve("gateway.yaml").toString(),
                "--exit-code"))
        .isEqualTo(
            new Finished(
                1,
                """
                agents, for everybody:
                  tool pay: checked as before, by other rules
                    - script: file pay.js (pay.js has SHA-256 BEFORE…)
                    + script: file pay.js (pay.js has SHA-256 AFTER…)
                """
                    .replace("BEFORE", sha256(before.resolve("pay.js")).substring(0, 12))
                    .replace("AFTER", sha256(after.resolve("pay.js")).substring(0, 12)),
                ""));
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  @Test
  void saysWhatBecomesOfToolsThatTwoSelectorsAreFor(Archive archive) throws Exception {
    String kept =
        """
        version: "2"
        policies:
          agents:
            default: deny
            tools:
              "*_refund": { limits: [ { max: 5, window: day } ] }
              "@category:destructive": { approval: {} }
              look: { deny: { reason: Do not look. } }
        """;
    Path before =
        write(
            "before.yaml",
            kept + "      create_*: { deny: { reason: People do that. } }\n      read_*: {}\n");
    Path after = write("after.yaml", kept + "capacity: { calls: 10 }\non_reload: test\n");

    assertThat(archive.run("diff", before.toString(), after.toString()))
        .isEqualTo(
            new Finished(
                0,
                """
                agents, for everybody:
                  tool create_*: denied as before, by other rules
                    - deny: reason "People do that."
                  tool read_*: allowed -> denied
                  tool *_refund and create_*: denied -> limited
                    - deny: reason "People do that."
                  tool @category:destructive and create_*: denied -> asked
                    - deny: reason "People do that."
                capacity: the gateway takes on more or less
                on_reload: other tests must pass before a change comes into force
                """,
                ""));
  }

  @Test
  void comparesToolsAsFewSelectorsAsCanBeAreFor(Archive archive) throws Exception {
    String document =
        """
        version: "2"
        policies:
          agents:
            default: deny
            hide: ["@annotation:destructiveHint=true"]
            tools: { wr: RULES, "w*": {}, "@annotation:readOnlyHint=true": {} }
        """;
    Path before = write("before.yaml", document.replace("RULES", "{ deny: { reason: No. } }"));
    Path after = write("after.yaml", document.replace("RULES", "{}"));

    assertThat(archive.run("diff", before.toString(), after.toString(), "--exit-code"))
        .isEqualTo(
            new Finished(
                1,
                """
                agents, for everybody:
                  tool wr: denied -> allowed
                    - deny: reason No.
                """,
                ""));
  }

  @Test
  void saysWhatOfAGrantChanges(Archive archive) throws Exception {
    String document =
        """
        version: "2"
        servers: { s: { transport: { stdio: { command: "true" } } } }
        policies: { p: { default: allow } }
        grants:
          g:
            token: { sha256: "%s" }
            servers: { s: p }
        """;
    Path before =
        write("before.yaml", document.formatted("1".repeat(64)) + "    labels: { team: a }\n");
    Path after =
        write(
            "after.yaml",
            document.formatted("2".repeat(64))
                + "    labels: { team: b }\n    expires: \"2027-06-30T00:00:00Z\"\n");

    assertThat(archive.run("diff", before.toString(), after.toString()).out())
        .isEqualTo(
            "grant g: has another token; labels {team=a} -> {team=b}; ends never ->"
                + " 2027-06-30T00:00:00Z\n");
  }

  @Test
  void whatCannotBeComparedIsSaidInTheWordsOfCheck(Archive archive) throws Exception {
    Path good = write("good.yaml", "version: \"1\"\ndefault: deny\n");
    Path bad = write("bad.yaml", "version: \"1\"\ndefault: maybe\n");
    Path gone = work.resolve("gone.yaml");
    Path other = write("draft", "version: \"1\"\n");
    String problem =
        ": 1 problem\n  1. 2:10 /default: expected \"allow\" or \"deny\"; found \"maybe\"\n";

    assertThat(archive.run("diff", good.toString(), bad.toString()))
        .isEqualTo(new Finished(2, "", bad + problem));
    assertThat(archive.run("diff", gone.toString(), good.toString()))
        .isEqualTo(new Finished(2, "", gone + ": 1 problem\n  1. expected a file that exists\n"));
    assertThat(archive.run("diff", other.toString(), good.toString()))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: expected a revision, or a file whose name ends in .json, .yaml or .yml;"
                    + " found \""
                    + other
                    + "\".\n"));
  }
}
