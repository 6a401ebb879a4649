package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who gave something wrong: the whole text, the exit code, no stack trace. */
@ExtendWith(Fixtures.class)
class BadInputIT {
  private static final String ALLOW = "{\"version\":\"1\",\"default\":\"allow\",\"tools\":{}}";

  @TempDir private Path work;

  /** Runs {@code serve} in the work folder, where {@code a.json} allows everything. */
  private Finished serve(Archive archive, String... arguments)
      throws IOException, InterruptedException {
    Files.writeString(work.resolve("a.json"), ALLOW);
    List<String> words =
        new ArrayList<>(List.of("serve", "--data", work.resolve("data").toString()));
    words.addAll(List.of(arguments));
    return Finished.run(archive.command(words.toArray(String[]::new)).directory(work.toFile()));
  }

  private static Finished bad(String message) {
    return new Finished(2, "", message);
  }

  @Test
  void namesADocumentThatIsNotThere(Archive archive) throws Exception {
    assertThat(serve(archive, "--document", "nowhere.json"))
        .isEqualTo(bad("nowhere.json: 1 problem\n  1. expected a file that exists\n"));
  }

  @Test
  void namesWhereADocumentBreaksOff(Archive archive) throws Exception {
    Files.writeString(work.resolve("broken.json"), "{\"version\": \"2\",");

    assertThat(serve(archive, "--document", "broken.json"))
        .isEqualTo(bad("broken.json: 1 problem\n  1. 1:17: not valid JSON\n"));
  }

  @Test
  void namesACallbackUrlThatLeadsNowhere(Archive archive) throws Exception {
    assertThat(
            serve(archive, "--document", "d.yaml", "--callback-url", "https://me:pw@gw.example/?x"))
        .isEqualTo(
            bad(
                "tollbar: --callback-url: expected an http or https URL with a host, and without"
                    + " user name, query and fragment; found"
                    + " \"https://[redacted]@gw.example/?x\".\n"));
  }

  @Test
  void namesAnUnknownKindAndTheOneThatWasMeant(Archive archive) throws Exception {
    Files.writeString(
        work.resolve("typo.yaml"),
        """
        version: "2"
        servers:
          s: { transport: { stdio: { command: node } } }
        policies:
          p:
            default: deny
            tools:
              t:
                rate_limt: { max: 1, window: 60 }
        """);

    assertThat(serve(archive, "--document", "typo.yaml"))
        .isEqualTo(
            bad(
                """
                typo.yaml: 1 problem
                  1. 9:9 /policies/p/tools/t/rate_limt: unknown rule kind "rate_limt"; loaded: \
                approval (rule-approval-%1$s.jar), deny (rule-deny-%1$s.jar), \
                deny_if (rule-conditions-%1$s.jar), limits (rule-limits-%1$s.jar), \
                rate_limit (rule-limits-%1$s.jar), require (rule-conditions-%1$s.jar), \
                script (rule-script-%1$s.jar). Did you mean "rate_limit"?
                """
                    .formatted(Archive.version())));
  }

  @Test
  void namesWhereAScriptBreaksOff(Archive archive) throws Exception {
    Files.writeString(
        work.resolve("script.yaml"),
        """
        version: "2"
        policies:
          p:
            default: deny
            tools:
              t:
                script: { file: broken.js }
        """);
    Files.writeString(
        work.resolve("broken.js"), "export default (call) => {\n  return call.args.a ===;\n};\n");

    assertThat(serve(archive, "--policy", "script.yaml", "--", "node"))
        .isEqualTo(
            bad(
                """
                script.yaml: 1 problem
                  1. 7:25 /policies/p/tools/t/script/file: expected a JavaScript module with a \
                default export; found a syntax error at broken.js:2:25: Expected an operand but found ; in "return call.args.a ===;"
                """));
  }

  @Test
  void saysWhatNoPluginSupplies(Archive archive) throws Exception {
    Files.createDirectories(work.resolve("empty"));
    Files.writeString(
        work.resolve("deny.json"),
        "{\"version\":\"1\",\"default\":\"allow\",\"tools\":{\"t\":{\"action\":\"deny\"}}}");

    assertThat(serve(archive, "--plugins", "empty", "--policy", "deny.json", "--", "node"))
        .isEqualTo(
            bad(
                """
                deny.json: 1 problem
                  1. 1:48 /tools/t/action: unknown rule kind "deny"; loaded: none
                command line: 1 problem
                  1. /servers/default/transport/stdio: unknown transport kind "stdio"; loaded: none
                """));
  }

  @Test
  void saysThatThereIsNoPluginsFolder(Archive archive) throws Exception {
    assertThat(serve(archive, "--plugins", "nowhere", "--policy", "a.json", "--", "node"))
        .isEqualTo(bad("tollbar: there is no plugins folder nowhere. Name one with --plugins.\n"));
  }

  @Test
  void servesWithoutAJarThatIsNoPluginAndSaysSo(Archive archive, NpmPackages npm) throws Exception {
    Path plugins = Files.createDirectories(work.resolve("plugins"));
    for (String jar : archive.files("plugins")) {
      Files.copy(archive.home().resolve("plugins").resolve(jar), plugins.resolve(jar));
    }
    Files.writeString(plugins.resolve("zzz.jar"), "no jar at all");
    Path policy = Files.writeString(work.resolve("a.json"), ALLOW);

    Finished listed = archive.run("plugins", "--plugins", plugins.toString());

    assertThat(listed.exitCode()).isEqualTo(1);
    assertThat(listed.err()).isEmpty();
    assertThat(listed.out())
        .endsWith("\nrefused:\n  zzz.jar: it is no jar, or only a part of one; copy it again\n");
    List<String> arguments =
        new ArrayList<>(
            List.of("--plugins", plugins.toString(), "--policy", policy.toString(), "--"));
    arguments.addAll(npm.everything());
    try (RunningGateway gateway = RunningGateway.serve(archive, work, arguments)) {
      JsonNode health = gateway.health();
      assertThat(health.path("status").asText()).isEqualTo("degraded");
      assertThat(health.path("plugins"))
          .filteredOn(plugin -> !plugin.path("up").asBoolean())
          .extracting(plugin -> plugin.path("detail").asText())
          .containsExactly("it is no jar, or only a part of one; copy it again");
    }
  }

  @Test
  void saysThatAPortIsTaken(Archive archive) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Finished clients =
          serve(archive, "--port", port, "--admin-port", "0", "--policy", "a.json", "--", "node");
      Finished operators =
          serve(archive, "--port", "0", "--admin-port", port, "--policy", "a.json", "--", "node");

      String message = "tollbar: 127.0.0.1:" + port + " cannot be bound: Address already in use\n";
      assertThat(clients.exitCode()).isEqualTo(1);
      assertThat(clients.out()).isEmpty();
      assertThat(withoutLog(clients.err())).isEqualTo(message);
      assertThat(operators.exitCode()).isEqualTo(1);
      assertThat(operators.out()).isEmpty();
      assertThat(withoutLog(operators.err())).isEqualTo(message);
    }
  }

  /** Without the lines of the log, which is not above INFO; a stack trace would be left. */
  private static String withoutLog(String err) {
    return err.lines()
        .filter(line -> !line.matches("\\d{4}-\\S+Z INFO .*"))
        .map(line -> line + "\n")
        .reduce("", String::concat);
  }

  @Test
  void saysThatACommandIsNotThere(Archive archive) throws Exception {
    assertThat(serve(archive, "--policy", "a.json", "--", "no-such-command"))
        .isEqualTo(
            bad(
                """
                command line: 1 problem
                  1. /servers/default/transport/stdio/command: expected a program on this machine; \
                found "no-such-command", which is not on the path
                """));
  }

  @Test
  void saysWhatIsMissingOnTheCommandLine(Archive archive) throws Exception {
    assertThat(serve(archive))
        .isEqualTo(
            bad(
                "tollbar: expected --document FILE, or --policy FILE and a server; found neither.\n"));
    assertThat(serve(archive, "--policy", "a.json"))
        .isEqualTo(
            bad(
                "tollbar: expected a server behind the gateway: --upstream URL or -- COMMAND; found"
                    + " none.\n"));
    assertThat(serve(archive, "--frob"))
        .isEqualTo(bad("tollbar: Unknown option: '--frob'\nSee: tollbar serve --help\n"));
  }

  @Test
  void showsTheCommandsWhenNoneIsGiven(Archive archive) throws Exception {
    Finished nothing = archive.run();

    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.out()).isEmpty();
    assertThat(nothing.err()).startsWith("Usage: tollbar [-h] COMMAND\n");
    assertThat(archive.run("frobnicate").exitCode()).isEqualTo(2);
  }

  @Test
  void startsWhileAnUpstreamIsDownAndServesItWhenItComesUp(Archive archive, NpmPackages npm)
      throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path policy = Files.writeString(work.resolve("a.json"), ALLOW);
    List<String> arguments =
        List.of("--policy", policy.toString(), "--upstream", "http://127.0.0.1:" + port + "/mcp");
    try (RunningGateway gateway = RunningGateway.serve(archive, work, arguments);
        Wire wire = new Wire(gateway.url())) {
      HttpResponse<String> failed = wire.post(Wire.INITIALIZE, Map.of());

      assertThat(failed.statusCode()).isEqualTo(200);
      assertThat(Wire.json(failed).path("id").asInt(-1)).isZero();
      assertThat(Wire.json(failed).path("error").path("code").isInt()).isTrue();
      assertThat(Wire.json(failed).path("error").path("message").asText()).isNotBlank();
      assertThat(gateway.operators("/health/ready").statusCode()).isEqualTo(200);
      JsonNode down = gateway.health();
      assertThat(down.path("status").asText()).isEqualTo("degraded");
      assertThat(down.path("servers").path("default").path("up").asBoolean()).isFalse();
      try (EverythingOverHttp server = EverythingOverHttp.start(npm, port);
          JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
        assertThat(server.url()).endsWith(":" + port + "/mcp");
        assertThat(JavaClient.text(client.call("echo", Map.of("message", "up"))))
            .isEqualTo("Echo: up");
        assertThat(gateway.health().path("status").asText()).isEqualTo("up");
      }
      assertThat(gateway.log()).doesNotContain("\tat ");
    }
  }
}
