package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Approvals by webhook: a receiver that answers at once, and one that decides later. */
@ExtendWith(Fixtures.class)
class WebhookIT {

  /** What the receiver was asked. */
  private record Question(JsonNode body, boolean signed) {}

  private static final String SECRET = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==";

  private static Path work;
  private static HttpServer receiver;
  private static RunningGateway gateway;
  private static final LinkedBlockingQueue<Question> QUESTIONS = new LinkedBlockingQueue<>();

  /** What the receiver answers: a body, or nothing for 202. */
  private static volatile String answer = "";

  private JavaClient client;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path folder)
      throws IOException, InterruptedException {
    work = folder;
    receiver = receiver(0);
    Path document = document(work, npm, receiver.getAddress().getPort(), "2m");
    gateway =
        RunningGateway.serve(
            archive,
            work,
            List.of(
                "--document", document.toString(), "--callback-url", "https://tollbar.example"));
  }

  /** A receiver on loopback; port 0 takes one that is free. */
  private static HttpServer receiver(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/ask",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          QUESTIONS.add(
              new Question(
                  Wire.JSON.readTree(body),
                  Signature.of(
                          exchange.getRequestHeaders().getFirst("webhook-id"),
                          exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                          body,
                          work.resolve("ops.key"))
                      .equals(exchange.getRequestHeaders().getFirst("webhook-signature"))));
          byte[] reply = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(
              reply.length == 0 ? 202 : 200, reply.length == 0 ? -1 : reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static Path document(Path folder, NpmPackages npm, int port, String hold)
      throws IOException {
    Files.writeString(folder.resolve("ops.key"), SECRET);
    return Files.writeString(
        folder.resolve("webhooks.yaml"),
        Resources.text("webhooks.yaml")
            .replace("SERVER", npm.everything().subList(1, 3).toString())
            .replace("RECEIVER", "http://127.0.0.1:" + port + "/ask")
            .replace("hold: 2m", "hold: " + hold));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    receiver.stop(0);
  }

  @BeforeEach
  void connect() {
    QUESTIONS.clear();
    client = JavaClient.overHttp(gateway.url("everything"), "");
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  void permitsWhatTheReceiverApprovesAtOnce() throws Exception {
    answer = "{\"decision\":\"approve\",\"by\":\"ann\"}";

    CallToolResult result = client.call("echo", Map.of("message", "one"));

    assertThat(JavaClient.text(result)).isEqualTo("Echo: one");
    Question question = asked();
    assertThat(question.signed()).isTrue();
    JsonNode body = question.body();
    String id = body.path("id").asText();
    assertThat(body.path("type").asText()).isEqualTo("approval.requested");
    assertThat(body.path("grant").asText()).isEqualTo("local");
    assertThat(body.path("server").asText()).isEqualTo("everything");
    assertThat(body.path("tool").asText()).isEqualTo("echo");
    assertThat(body.path("arguments")).hasToString("{\"message\":\"one\"}");
    assertThat(body.path("reason").asText()).isEqualTo("Somebody must listen.");
    assertThat(Instant.parse(body.path("expires").asText())).isAfter(Instant.now());
    assertThat(body.path("decide").path("callback").asText())
        .isEqualTo("https://tollbar.example/callbacks/approvals/" + id);
  }

  @Test
  void deniesWhatTheReceiverDenies() {
    answer = "{\"decision\":\"deny\",\"reason\":\"Too loud.\"}";

    CallToolResult result = client.call("echo", Map.of("message", "two"));

    assertThat(JavaClient.text(result))
        .isEqualTo("[POLICY DENIED] A person has denied this call: Too loud.");
  }

  @Test
  void recordsWhatIsNoAnswerAndAsksAgain() throws Exception {
    answer = "Sure, go ahead.";
    FutureTask<CallToolResult> held =
        new FutureTask<>(() -> client.call("echo", Map.of("message", "garbage")));
    Thread.ofVirtual().start(held);
    String id = asked().body().path("id").asText();
    List<JsonNode> refused =
        Eventually.get(
            () ->
                gateway.decisions().stream()
                    .filter(record -> record.at("/approvals/0").asText().equals(id))
                    .toList(),
            records -> !records.isEmpty());

    assertThat(refused.getFirst().path("decision").asText()).isEqualTo("deny");
    assertThat(refused.getFirst().path("code").asText()).isEqualTo("webhook_malformed");
    assertThat(refused.getFirst().path("reason").asText())
        .isEqualTo("webhook ops: no usable answer: the body is not one JSON object");
    assertThat(held).isNotDone();

    answer = "{\"decision\":\"deny\",\"reason\":\"No.\"}";
    assertThat(JavaClient.text(held.get()))
        .isEqualTo("[POLICY DENIED] A person has denied this call: No.");
  }

  @Test
  void permitsTheHeldCallWhenTheReceiverDecidesLater() throws Exception {
    answer = "";
    FutureTask<CallToolResult> held =
        new FutureTask<>(() -> client.call("echo", Map.of("message", "three")));
    Thread.ofVirtual().start(held);
    String id = asked().body().path("id").asText();

    assertThat(callBack(id, "{\"decision\":\"approve\"}", "v1,bm9ib2R5").statusCode())
        .isEqualTo(401);
    assertThat(held).isNotDone();
    HttpResponse<String> recorded = callBack(id, "{\"decision\":\"approve\",\"by\":\"ann\"}", "");

    assertThat(recorded.body()).isEqualTo("{\"detail\":\"Approval " + id + " is approved.\"}");
    assertThat(recorded.statusCode()).isEqualTo(200);
    assertThat(JavaClient.text(held.get())).isEqualTo("Echo: three");
    HttpResponse<String> late = callBack(id, "{\"decision\":\"approve\",\"by\":\"bob\"}", "");
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).isEqualTo("{\"detail\":\"Approval " + id + " is used already.\"}");
  }

  @Test
  void asksAgainAfterAnEndThatCameBeforeTheReceiverHeard(
      Archive archive, NpmPackages npm, @TempDir Path folder) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> arguments = List.of("--document", document(folder, npm, port, "0s").toString());
    try (RunningGateway first = RunningGateway.serve(archive, folder, arguments);
        JavaClient agent = JavaClient.overHttp(first.url(), "")) {
      assertThat(JavaClient.text(agent.call("echo", Map.of("message", "four"))))
          .startsWith("[POLICY DENIED] Approval pending: ap_");
      first.kill();
    }
    answer = "{\"decision\":\"approve\"}";
    HttpServer late = receiver(port);
    try (RunningGateway second = RunningGateway.serve(archive, folder, arguments);
        JavaClient agent = JavaClient.overHttp(second.url(), "")) {
      assertThat(asked().body().path("arguments")).hasToString("{\"message\":\"four\"}");
      String said =
          Eventually.get(
              () -> JavaClient.text(agent.call("echo", Map.of("message", "four"))),
              text -> text.startsWith("Echo"));
      assertThat(said).isEqualTo("Echo: four");
    } finally {
      late.stop(0);
    }
  }

  @Test
  void servesTheNameThatItsLinksHaveNothingElse() throws Exception {
    HttpResponse<String> link = underLinkName("/approvals/ap_1/approve/x");
    HttpResponse<String> metrics = underLinkName("/metrics");

    assertThat(link.statusCode()).isEqualTo(403);
    assertThat(link.body()).contains("This is no link of this gateway");
    assertThat(metrics.statusCode()).isEqualTo(403);
    assertThat(metrics.body()).contains("This Host is not served here");
  }

  private static HttpResponse<String> underLinkName(String path)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(gateway.admin() + path))
              .header("Host", "tollbar.example")
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static Question asked() throws InterruptedException {
    Question question = QUESTIONS.poll(30, TimeUnit.SECONDS);
    assertThat(question).isNotNull();
    return question;
  }

  /** A signed callback; with a signature given, that one. */
  private static HttpResponse<String> callBack(String id, String body, String forged)
      throws Exception {
    String timestamp = Long.toString(Instant.now().getEpochSecond());
    String signature =
        forged.isEmpty()
            ? Signature.of(
                id, timestamp, body.getBytes(StandardCharsets.UTF_8), work.resolve("ops.key"))
            : forged;
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(gateway.admin() + "/callbacks/approvals/" + id))
              .header("content-type", "application/json")
              .header("webhook-id", id)
              .header("webhook-timestamp", timestamp)
              .header("webhook-signature", signature)
              .POST(BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
