package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollbar.distribution.NodeClient.Step;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Approvals by link, by command line and by the client itself, and messages that nobody takes. */
@ExtendWith(Fixtures.class)
class ApprovalsIT {
  private static final Pattern APPROVAL = Pattern.compile("ap_[A-Za-z0-9_-]{22}");

  /** What the receiver was told. */
  private record Told(String signature, JsonNode body) {}

  private static Path work;
  private static HttpServer receiver;
  private static RunningGateway gateway;
  private static HttpClient people;
  private static final LinkedBlockingQueue<Told> TOLD = new LinkedBlockingQueue<>();

  /** Whether the receiver that was gone is there. */
  private static volatile boolean back;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path folder) throws Exception {
    work = folder;
    people = HttpClient.newHttpClient();
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", exchange -> take(exchange, 202));
    receiver.createContext("/ops/gone", exchange -> take(exchange, back ? 202 : 410));
    receiver.start();
    Files.writeString(work.resolve("new.key"), "whsec_bmV3IHNlY3JldCBvZiB0ZXN0cw==");
    Files.writeString(work.resolve("old.key"), "whsec_b2xkIHNlY3JldCBvZiB0ZXN0cw==");
    Path document =
        Files.writeString(
            work.resolve("approvals.yaml"),
            Resources.text("approvals.yaml")
                .replace("SERVER", npm.everything().subList(1, 3).toString())
                .replace(
                    "RECEIVER", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/ops"));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  private static void take(HttpExchange exchange, int status) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    TOLD.add(
        new Told(
            exchange.getRequestHeaders().getFirst("webhook-signature"), Wire.JSON.readTree(body)));
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    receiver.stop(0);
    people.close();
  }

  @Test
  void aPersonApprovesByALinkOfWhichOnlyTheFormDecides() throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      FutureTask<CallToolResult> held =
          new FutureTask<>(() -> client.call("echo", Map.of("message", "by link")));
      Thread.ofVirtual().start(held);
      Told asked = told("by link");
      assertThat(asked.signature().split(" ", -1)).hasSize(2);
      JsonNode links = asked.body().path("decide");
      String approve = links.path("approve").asText();
      assertThat(approve).startsWith(gateway.admin() + "/approvals/ap_");

      HttpResponse<String> page = get(approve);

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
          .startsWith("default-src 'none'; style-src 'sha256-");
      assertThat(page.headers().firstValue("cache-control")).contains("no-store");
      assertThat(page.body())
          .contains("<h1>Approve echo on everything?</h1>")
          .contains("&quot;by link&quot;");
      assertThat(held).isNotDone();

      HttpResponse<String> taken = post(approve, "by=Ann+Smith&comment=Fine.&decision=approve");

      assertThat(taken.statusCode()).isEqualTo(200);
      assertThat(taken.body()).contains("is approved.");
      assertThat(JavaClient.text(held.get())).isEqualTo("Echo: by link");
      assertThat(post(approve, "by=Bob").statusCode()).isEqualTo(410);
      assertThat(get(links.path("deny").asText()).statusCode()).isEqualTo(410);
    }
  }

  @Test
  void aPersonDeniesOnThePage() throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      FutureTask<CallToolResult> held =
          new FutureTask<>(() -> client.call("echo", Map.of("message", "on the page")));
      Thread.ofVirtual().start(held);
      String page = told("on the page").body().path("decide").path("page").asText();

      assertThat(post(page, "by=Ann").statusCode()).isEqualTo(400);
      assertThat(
              post(
                      page,
                      "by=Ann&comment="
                          + URLEncoder.encode("Nicht für ü.", StandardCharsets.UTF_8)
                          + "&decision=deny")
                  .statusCode())
          .isEqualTo(200);

      assertThat(JavaClient.text(held.get()))
          .isEqualTo("[POLICY DENIED] A person has denied this call: Nicht für ü.");
    }
  }

  @Test
  void refusesAndRecordsLinksThatAreNotGood() throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      FutureTask<CallToolResult> held =
          new FutureTask<>(() -> client.call("echo", Map.of("message", "bad links")));
      Thread.ofVirtual().start(held);
      JsonNode links = told("bad links").body().path("decide");
      String approve = links.path("approve").asText();
      String deny = links.path("deny").asText();
      String path = approve.substring(0, approve.lastIndexOf('/') + 1);
      byte[] foreign =
          Base64.getUrlDecoder().decode(approve.substring(approve.lastIndexOf('/') + 1));
      foreign[1] ^= 1; // the id of a key that this gateway does not have

      assertThat(post(path + deny.substring(deny.lastIndexOf('/') + 1), "").statusCode())
          .isEqualTo(403);
      assertThat(
              post(path + Base64.getUrlEncoder().withoutPadding().encodeToString(foreign), "")
                  .statusCode())
          .isEqualTo(403);
      assertThat(held).isNotDone();
      assertThat(post(deny, "by=Ann").statusCode()).isEqualTo(200);
      assertThat(JavaClient.text(held.get())).startsWith("[POLICY DENIED] A person has denied");
      HttpResponse<String> used = post(deny, "by=Ann");
      assertThat(used.statusCode()).isEqualTo(410);
      assertThat(used.body()).contains("was used already.").contains("Nothing has changed.");

      List<String> codes =
          Eventually.get(
              () ->
                  gateway.decisions().stream().map(record -> record.path("code").asText()).toList(),
              all -> all.contains("link_used"));
      assertThat(codes).contains("link_forged", "link_foreign", "link_used");
    }
  }

  @Test
  void aDocumentThatChangesInBetweenMakesOldApprovalsGoodForNothingButThatOfAHeldCall(
      Archive archive) throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      FutureTask<CallToolResult> held =
          new FutureTask<>(() -> client.call("echo", Map.of("message", "in between")));
      Thread.ofVirtual().start(held);
      String approve = told("in between").body().path("decide").path("approve").asText();
      Map<String, Object> seven = Map.of("resourceType", "Text", "resourceId", 7);
      String before = pending(client.call("get-resource-reference", seven));

      edit("within: 10m", "within: 11m");

      assertThat(post(approve, "by=Ann").statusCode()).isEqualTo(200);
      assertThat(JavaClient.text(held.get())).isEqualTo("Echo: in between");
      approvals(archive, "approve", before, "--by", "ann");
      assertThat(approvals(archive, "approve", before, "--by", "bob").out())
          .isEqualTo(before + "  approved\n");
      String after = pending(client.call("get-resource-reference", seven));
      assertThat(after).isNotEqualTo(before);
      assertThat(
              Wire.JSON
                  .readTree(approvals(archive, "show", before, "--format", "json").out())
                  .path("status")
                  .asText())
          .isEqualTo("approved"); // and used by no call
    }
  }

  @Test
  void anApprovalOutlivesAnEditOfOtherRulesOfItsPolicy(Archive archive) throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      Map<String, Object> eight = Map.of("resourceType", "Text", "resourceId", 8);
      String asked = pending(client.call("get-resource-reference", eight));
      approvals(archive, "approve", asked, "--by", "ann");

      edit("tools:\n", "hide: [get-env]\n    tools:\n      get-tiny-image: {}\n");

      assertThat(pending(client.call("get-resource-reference", eight))).isEqualTo(asked);
      assertThat(approvals(archive, "approve", asked, "--by", "bob").out())
          .isEqualTo(asked + "  approved\n");
      assertThat(JavaClient.text(client.call("get-resource-reference", eight)))
          .startsWith("Returning resource reference for Resource 8");
    }
  }

  /** Edits the document, and waits until that is in force. */
  private static void edit(String old, String now) throws Exception {
    String before = gateway.health().path("document").path("revision").asText();
    Path document = work.resolve("approvals.yaml");
    Files.writeString(document, Files.readString(document).replace(old, now));
    Eventually.get(
        () -> gateway.health().path("document").path("revision").asText(),
        revision -> !revision.equals(before));
  }

  @Test
  void aClientThatCancelsAtTheFirstProgressWithdrawsTheQuestion(Archive archive, NodeClient node)
      throws Exception {
    // The step after it keeps the client there until its notification is on the way.
    Step cancel = Step.of("cancel", "echo", Map.of("message", "never mind"));
    List<JsonNode> said = node.overHttp(gateway.url(), "", List.of(cancel, Step.list("tools")));

    assertThat(said.get(1).path("cancelled").asBoolean()).isTrue();
    String listed =
        Eventually.get(
            () -> approvals(archive, "list", "--all", "--format", "json").out(),
            out -> out.contains("withdrawn"));
    assertThat(Wire.JSON.readTree(listed))
        .anySatisfy(approval -> {
          assertThat(approval.path("arguments").path("message").asText()).isEqualTo("never mind");
          assertThat(approval.path("status").asText()).isEqualTo("withdrawn");
        });
  }

  @Test
  void whoeverSitsAtTheClientIsAskedInBothEras(NodeClient node) throws Exception {
    Step sum = Step.call("get-sum", Map.of("a", 1, "b", 2));
    Step all = Step.call("everything__get-sum", Map.of("a", 1, "b", 2));

    List<JsonNode> legacy = node.overHttp(gateway.url(), "", List.of(sum));
    List<JsonNode> modern = node.modern().overHttp(gateway.url(), "", List.of(sum));
    List<JsonNode> together = node.overHttp(gateway.all(), "", List.of(all));
    List<JsonNode> modernTogether = node.modern().overHttp(gateway.all(), "", List.of(all));

    for (List<JsonNode> said : List.of(legacy, modern, together, modernTogether)) {
      assertThat(said.getLast().toString()).contains("The sum of 1 and 2 is 3.");
    }
    assertThat(gateway.log()).doesNotContain("answered in vain");
  }

  @Test
  void theCommandLineShowsWatchesAndDecides(Archive archive) throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      Map<String, Object> one = Map.of("resourceType", "Text", "resourceId", 1);
      Process watch =
          archive
              .command(
                  "approvals", "watch", "--format", "json", "--data", gateway.data().toString())
              .redirectError(work.resolve("watch.txt").toFile())
              .start();
      try (BufferedReader seen = watch.inputReader(StandardCharsets.UTF_8)) {
        String id = pending(client.call("get-resource-reference", one));
        assertThat(seenOf(seen, id).path("status").asText()).isEqualTo("pending");

        assertThat(approvals(archive, "approve", id, "--by", "ann"))
            .isEqualTo(new Finished(0, id + "  pending: 1 more person\n", ""));
        assertThat(seenOf(seen, id).path("answers")).hasSize(1);
        assertThat(approvals(archive, "approve", id, "--by", "Ann"))
            .isEqualTo(
                new Finished(
                    2, "", "tollbar: approval " + id + " has an answer of Ann already.\n"));
        assertThat(approvals(archive, "approve", id, "--by", "bob").out())
            .isEqualTo(id + "  approved\n");
        assertThat(seenOf(seen, id).path("status").asText()).isEqualTo("approved");
        assertThat(JavaClient.text(client.call("get-resource-reference", one)))
            .startsWith("Returning resource reference for Resource 1");
        // It may be reused for an hour.
        assertThat(JavaClient.text(client.call("get-resource-reference", one)))
            .startsWith("Returning resource reference for Resource 1");

        String next =
            pending(
                client.call(
                    "get-resource-reference", Map.of("resourceType", "Text", "resourceId", 2)));
        assertThat(approvals(archive, "show", next).out())
            .contains("compared:  with " + id + ", made ")
            .contains("\n  ~ /resourceId    2   was 1\n  = /resourceType  \"Text\"\n")
            .contains("good for:  the same call, for 60 minutes from the approval\n");
        JsonNode shown =
            Wire.JSON.readTree(approvals(archive, "show", next, "--format", "json").out());
        assertThat(shown.path("compared").path("lines").path(0))
            .hasToString(
                "{\"change\":\"changed\",\"pointer\":\"/resourceId\",\"now\":2,\"before\":1}");
        assertThat(Wire.JSON.readTree(approvals(archive, "list", "--format", "json").out()))
            .anyMatch(listed -> listed.path("id").asText().equals(next));
      } finally {
        watch.destroyForcibly();
      }
    }
  }

  @Test
  void whatNobodyTakesIsVisibleAndCanBeSentAgain(Archive archive) throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      String id = pending(client.call("get-resource-links", Map.of("count", 1)));
      JsonNode health =
          Eventually.get(gateway::health, state -> state.path("webhooks").has("gone"));

      assertThat(health.path("status").asText()).isEqualTo("degraded");
      assertThat(health.path("webhooks").path("gone").path("detail").asText())
          .isEqualTo("1 message given up, the last: status 410");
      assertThat(gateway.operators("/metrics").body())
          .contains("tollbar_approvals_dead_letters 1.0")
          .contains("tollbar_webhook_attempts_total{outcome=\"failed\",webhook=\"gone\"} 1.0");
      assertThat(approvals(archive, "dead").out())
          .matches(id + "  requested  gone  1 attempt  [0-9TZ:.-]+  status 410\n");

      back = true;
      assertThat(approvals(archive, "redeliver", id))
          .isEqualTo(new Finished(0, id + "  waiting\n", ""));
      Eventually.get(gateway::health, state -> !state.path("webhooks").has("gone"));

      assertThat(approvals(archive, "dead").out()).isEmpty();
      assertThat(approvals(archive, "redeliver", id))
          .isEqualTo(
              new Finished(
                  2,
                  "",
                  "tollbar: no message about approval \""
                      + id
                      + "\" was given up; tollbar approvals dead lists them.\n"));
    }
  }

  /** A request for a path of this gateway, under the name of another host. */
  @Test
  void servesNoOtherHost() throws Exception {
    HttpResponse<String> evil = underName("evil.example");
    HttpResponse<String> own = underName("localhost");

    assertThat(evil.statusCode()).isEqualTo(403);
    assertThat(evil.body()).contains("this Host is not served here");
    assertThat(own.statusCode()).isEqualTo(403);
    assertThat(own.body()).contains("This is no link of this gateway");
  }

  private static HttpResponse<String> underName(String host)
      throws IOException, InterruptedException {
    return people.send(
        HttpRequest.newBuilder(URI.create(gateway.admin() + "/approvals/ap_1/approve/x"))
            .header("Host", host)
            .build(),
        BodyHandlers.ofString());
  }

  private static String pending(CallToolResult result) {
    Matcher id = APPROVAL.matcher(JavaClient.text(result));
    assertThat(id.find()).as(JavaClient.text(result)).isTrue();
    return id.group();
  }

  private static JsonNode seenOf(BufferedReader seen, String id) throws IOException {
    while (true) {
      JsonNode line = Wire.JSON.readTree(seen.readLine());
      if (line.path("id").asText().equals(id)) {
        return line;
      }
    }
  }

  /** The question about an echo. */
  private static Told told(String message) throws InterruptedException {
    return told(told -> told.body().path("arguments").path("message").asText().equals(message));
  }

  /** The first that fits; what others wait for stays. */
  private static Told told(java.util.function.Predicate<Told> fits) throws InterruptedException {
    List<Told> others = new ArrayList<>();
    try {
      while (true) {
        Told told = TOLD.poll(30, TimeUnit.SECONDS);
        assertThat(told).as("what the receiver was told: %s", others).isNotNull();
        if (fits.test(told)) {
          return told;
        }
        others.add(told);
      }
    } finally {
      TOLD.addAll(others);
    }
  }

  private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return people.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String url, String form)
      throws IOException, InterruptedException {
    return people.send(
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(30))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private static Finished approvals(Archive archive, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("approvals"));
    words.addAll(List.of(arguments));
    words.addAll(List.of("--data", gateway.data().toString()));
    return archive.run(words.toArray(String[]::new));
  }
}
