package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The receiver and the chat of the examples, against a gateway. */
@ExtendWith(Fixtures.class)
class ApprovalExamplesIT {
  private static final Path EXAMPLES =
      Path.of("..", "scripts-examples", "approvals").toAbsolutePath().normalize();
  private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
  private static final Pattern LINK = Pattern.compile("<(http[^|]+)\\|(Approve|Deny)>");

  @TempDir private Path work;

  /** An example that runs. */
  private static final class Example implements AutoCloseable {
    private final Process process;
    private final BufferedReader says;
    private final String url;

    Example(Path work, Map<String, String> environment, String script, String... options)
        throws IOException {
      List<String> words = new ArrayList<>();
      words.addAll(List.of("node", EXAMPLES.resolve(script).toString(), "--port", "0"));
      words.addAll(List.of("--secret-file", work.resolve("ops.key").toString()));
      words.addAll(List.of(options));
      ProcessBuilder program =
          new ProcessBuilder(words).redirectError(work.resolve(script + ".txt").toFile());
      program.environment().putAll(environment);
      process = program.start();
      says = process.inputReader(StandardCharsets.UTF_8);
      Matcher listening = LISTENING.matcher(says.readLine());
      assertThat(listening.matches()).isTrue();
      url = listening.group(1);
    }

    String says() throws IOException {
      return says.readLine();
    }

    void hears(String line) throws IOException {
      Writer input = process.outputWriter(StandardCharsets.UTF_8);
      input.write(line + "\n");
      input.flush();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private RunningGateway serve(Archive archive, NpmPackages npm, String receiver)
      throws IOException, InterruptedException {
    Path document =
        Files.writeString(
            work.resolve("document.yaml"),
            """
            version: "2"
            servers:
              everything: { transport: { stdio: { command: node, args: SERVER } } }
            webhooks:
              ops: { url: "RECEIVER", secret: { file: ops.key } }
            policies:
              everything:
                default: deny
                tools:
                  echo: { approval: { webhook: ops, within: 10m, hold: 1m } }
            """
                .replace("SERVER", npm.everything().subList(1, 3).toString())
                .replace("RECEIVER", receiver));
    return RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  private void secret() throws IOException {
    Files.writeString(work.resolve("ops.key"), "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==\n");
  }

  @Test
  void theReceiverDecidesAtOnceAndLater(Archive archive, NpmPackages npm) throws Exception {
    secret();
    try (Example receiver =
            new Example(work, Map.of("USER", "ann"), "receiver.mjs", "--at-once", "100");
        RunningGateway gateway = serve(archive, npm, receiver.url);
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "small", "amount", 5))))
          .isEqualTo("Echo: small");
      assertThat(receiver.says()).matches("approved at once ap_\\S+");

      FutureTask<CallToolResult> held =
          new FutureTask<>(() -> client.call("echo", Map.of("message", "large", "amount", 500)));
      Thread.ofVirtual().start(held);
      String asked = receiver.says();
      assertThat(asked)
          .matches("asked ap_\\S+ local everything echo \\{\"amount\":500,\"message\":\"large\"} ");
      String id = asked.split(" ", 3)[1];
      receiver.hears("deny " + id + " Too much.");

      assertThat(JavaClient.text(held.get()))
          .isEqualTo("[POLICY DENIED] A person has denied this call: Too much.");
      assertThat(receiver.says()).isEqualTo("200 Approval " + id + " is denied.");
      receiver.hears("approve " + id);
      assertThat(receiver.says()).isEqualTo("nobody asked " + id);
      assertThat(unsigned(receiver.url)).isEqualTo(401);
    }
  }

  @Test
  void theChatHasLinksThatDecide(Archive archive, NpmPackages npm) throws Exception {
    secret();
    LinkedBlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    HttpServer room =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    room.createContext(
        "/",
        exchange -> {
          messages.add(Wire.JSON.readTree(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    room.start();
    String url = "http://127.0.0.1:" + room.getAddress().getPort() + "/";
    try (Example chat = new Example(work, Map.of("CHAT_URL", url), "chat.mjs");
        RunningGateway gateway = serve(archive, npm, chat.url);
        JavaClient client = JavaClient.overHttp(gateway.url(), "");
        HttpClient people = HttpClient.newHttpClient()) {
      FutureTask<CallToolResult> held =
          new FutureTask<>(() -> client.call("echo", Map.of("message", "<!channel> look")));
      Thread.ofVirtual().start(held);
      JsonNode message = messages.poll(30, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      assertThat(message.path("text").asText())
          .startsWith("May this be done? echo on everything, for local");
      assertThat(message.toString()).contains("&lt;!channel&gt; look").doesNotContain("<!channel>");
      Matcher link =
          LINK.matcher(message.path("blocks").path(2).path("text").path("text").asText());
      assertThat(link.find()).isTrue();

      HttpResponse<String> decided =
          people.send(
              HttpRequest.newBuilder(URI.create(link.group(1)))
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString("by=Ann"))
                  .build(),
              BodyHandlers.ofString());

      assertThat(decided.statusCode()).isEqualTo(200);
      assertThat(JavaClient.text(held.get())).isEqualTo("Echo: <!channel> look");
      assertThat(unsigned(chat.url)).isEqualTo(401);
      assertThat(messages).isEmpty();
    } finally {
      room.stop(0);
    }
  }

  /** What somebody is told who has no secret. */
  private static int unsigned(String url) throws IOException, InterruptedException {
    try (HttpClient stranger = HttpClient.newHttpClient()) {
      return stranger
          .send(
              HttpRequest.newBuilder(URI.create(url))
                  .header("webhook-id", "ap_1")
                  .header("webhook-timestamp", Long.toString(System.currentTimeMillis() / 1000))
                  .header("webhook-signature", "v1,bm9ib2R5")
                  .POST(BodyPublishers.ofString("{}"))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    }
  }
}
