package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who may call: grants that the command line makes, and the guard of the gateway without any. */
@ExtendWith(Fixtures.class)
class GrantsIT {
  private static Path work;
  private static Path policy;
  private static NpmPackages npm;
  private static RunningGateway gateway;
  private static String token;

  @BeforeAll
  static void start(Archive archive, NpmPackages packages, @TempDir Path folder)
      throws IOException, InterruptedException {
    work = folder;
    npm = packages;
    policy = work.resolve("policy.json");
    Files.writeString(policy, "{\"version\":\"1\",\"default\":\"allow\",\"tools\":{}}");
    token = newGrant(archive, "laptop");
    gateway = RunningGateway.serve(archive, work, everything());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static List<String> everything() {
    List<String> arguments = new ArrayList<>(List.of("--policy", policy.toString(), "--"));
    arguments.addAll(npm.everything());
    return arguments;
  }

  private static String newGrant(Archive archive, String name, String... more)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("grant", "new", name));
    words.addAll(List.of("--data", work.resolve("data").toString()));
    words.addAll(List.of(more));
    Finished made = archive.run(words.toArray(String[]::new));
    assertThat(made.err())
        .isEqualTo(
            "Keep this token: it is shown only now. Clients send it as Authorization: Bearer TOKEN.\n");
    assertThat(made.exitCode()).isZero();
    assertThat(made.out().lines()).hasSize(1);
    return made.out().strip();
  }

  private static HttpResponse<String> initialize(Map<String, String> headers)
      throws IOException, InterruptedException {
    try (Wire wire = new Wire(gateway.url())) {
      return wire.post(Wire.INITIALIZE, headers);
    }
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  @Test
  void refusesClientsWithoutAToken() throws Exception {
    HttpResponse<String> reply = initialize(Map.of());

    assertThat(reply.statusCode()).isEqualTo(401);
    assertThat(reply.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(Wire.json(reply).path("error").path("message").asText())
        .isEqualTo("A bearer token is required.");
  }

  @Test
  void refusesAnUnknownToken() throws Exception {
    HttpResponse<String> reply = initialize(bearer(token + "x"));

    assertThat(reply.statusCode()).isEqualTo(401);
    assertThat(Wire.json(reply).path("error").path("message").asText())
        .isEqualTo("The bearer token is not known here.");
  }

  @Test
  void servesAClientWithItsToken() {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), token)) {
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "hello"))))
          .isEqualTo("Echo: hello");
    }
  }

  @Test
  void keepsNoTokenInTheDataFolder() throws Exception {
    assertThat(initialize(bearer(token)).statusCode()).isEqualTo(200);

    try (Stream<Path> files = Files.walk(gateway.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(token);
      }
    }
    assertThat(gateway.log()).doesNotContain(token);
  }

  @Test
  void refusesARevokedGrantSoonAfter(Archive archive) throws Exception {
    String revoked = newGrant(archive, "revoked");
    assertThat(Eventually.get(() -> initialize(bearer(revoked)).statusCode(), is -> is == 200))
        .isEqualTo(200);

    String data = work.resolve("data").toString();
    assertThat(archive.run("grant", "revoke", "revoked", "--data", data))
        .isEqualTo(new Finished(0, "", ""));

    assertThat(Eventually.get(() -> initialize(bearer(revoked)).statusCode(), is -> is == 403))
        .isEqualTo(403);
    assertThat(Wire.json(initialize(bearer(revoked))).path("error").path("message").asText())
        .isEqualTo("This grant was revoked.");
    assertThat(archive.run("grant", "list", "--data", data).out())
        .contains("laptop  valid  default=default\n")
        .containsPattern("revoked  revoked \\S+  default=default\n");
  }

  @Test
  void refusesAnExpiredGrant(Archive archive, @TempDir Path folder) throws Exception {
    String expired = "expired-token-of-the-tests";
    String sha256 =
        java.util.HexFormat.of()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-256")
                    .digest(expired.getBytes(StandardCharsets.UTF_8)));
    Path document = folder.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          default: { transport: { stdio: { command: node, args: %s } } }
        policies:
          open: { default: allow, tools: {} }
        grants:
          old:
            token: { sha256: "%s" }
            servers: { default: open }
            expires: "2026-01-01T00:00:00Z"
        """
            .formatted(npm.everything().subList(1, 3), sha256));
    try (RunningGateway other =
            RunningGateway.serve(archive, folder, List.of("--document", document.toString()));
        Wire wire = new Wire(other.url())) {
      HttpResponse<String> reply = wire.post(Wire.INITIALIZE, bearer(expired));

      assertThat(reply.statusCode()).isEqualTo(403);
      assertThat(Wire.json(reply).path("error").path("message").asText())
          .isEqualTo("This grant has expired.");
    }
  }

  @Test
  void keepsTheSessionsOfTwoGrantsApart(Archive archive) throws Exception {
    String other = newGrant(archive, "other");
    Eventually.get(() -> initialize(bearer(other)).statusCode(), is -> is == 200);
    try (Wire wire = new Wire(gateway.url())) {
      Map<String, String> own = wire.begin(bearer(token));
      String session = own.get("Mcp-Session-Id");
      String call = Wire.call(1, "echo", "{\"message\":\"x\"}");

      HttpResponse<String> stolen =
          wire.post(call, Map.of("Authorization", "Bearer " + other, "Mcp-Session-Id", session));

      assertThat(stolen.statusCode()).isEqualTo(404);
      assertThat(wire.post(call, own).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void refusesForeignHostsAndOrigins() throws Exception {
    HttpResponse<String> host =
        initialize(Map.of("Authorization", "Bearer " + token, "Host", "evil.example"));
    assertThat(host.statusCode()).isEqualTo(403);
    assertThat(Wire.json(host).path("error").path("message").asText())
        .isEqualTo("This Host is not served here.");

    HttpResponse<String> origin =
        initialize(Map.of("Authorization", "Bearer " + token, "Origin", "https://evil.example"));
    assertThat(origin.statusCode()).isEqualTo(403);
    assertThat(Wire.json(origin).path("error").path("message").asText())
        .isEqualTo("This Origin is not allowed.");
  }

  @Test
  void refusesToListenToTheWorldWithoutGrants(Archive archive, @TempDir Path folder)
      throws Exception {
    List<String> words =
        new ArrayList<>(List.of("serve", "--host", "0.0.0.0", "--port", "0", "--admin-port", "0"));
    words.addAll(List.of("--data", folder.toString()));
    words.addAll(everything());

    assertThat(archive.run(words.toArray(String[]::new)))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: --host 0.0.0.0 is not loopback, and there are no grants: everybody would"
                    + " get in. Make one with: tollbar grant new NAME\n"));
  }
}
