package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.RecordingClient;
import dev.tollbar.pipeline.TestGateway;
import dev.tollbar.protocol.MirroredHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many servers as one for clients of a revision without sessions. */
class AloneTest {
  private static final String META =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

  private ManyServers servers;

  @BeforeEach
  void open(@TempDir Path data) throws IOException {
    servers = ManyServers.of(data, "docs", "files");
  }

  @AfterEach
  void close() {
    servers.close();
  }

  private static String params(String members) {
    return "{" + members + (members.isEmpty() ? "" : ",") + META + "}";
  }

  private Arrival arrival(String method, Optional<String> name, String params) {
    Arrival.Headers headers = servers.arrival("", Optional.empty()).headers();
    return new Arrival(
        Arrival.ALL_SERVERS,
        Arrival.Door.HTTP,
        new Arrival.Headers(
            headers.host(),
            headers.origin(),
            headers.authorization(),
            headers.accept(),
            headers.contentType(),
            Optional.empty(),
            Optional.of("2026-07-28"),
            Optional.empty(),
            true,
            new MirroredHeaders(Optional.of(method), name, Map.of())),
        TestGateway.request(1, method, params(params)).getBytes(StandardCharsets.UTF_8),
        servers.gateway().clock().instant());
  }

  private RecordingClient post(String method, Optional<String> name, String params)
      throws IOException {
    RecordingClient client = new RecordingClient();
    servers.aggregate().post(arrival(method, name, params), client);
    return client;
  }

  private void answers(String name, String method, String result) {
    servers
        .server(name)
        .answers(message ->
            FakeReply.of(
                message.method().equals(method)
                    ? FakeUpstream.result(message, result)
                    : FakeUpstream.error(message, -32601)));
  }

  @Test
  void callsAToolWithoutASessionAndItsHeaderNamesTheServersOwn() throws IOException {
    answers("files", "tools/call", "{\"resultType\":\"complete\",\"content\":[]}");

    RecordingClient client =
        post("tools/call", Optional.of("files__read"), "\"name\":\"files__read\"");

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"content\":[]}}");
    assertThat(servers.server("files").forwarded().getLast().headers())
        .containsEntry("Mcp-Name", "read")
        .containsEntry("Mcp-Method", "tools/call");
    assertThat(servers.server("files").texts())
        .last()
        .isEqualTo(TestGateway.request(1, "tools/call", params("\"name\":\"read\"")));
  }

  @Test
  void refusesHeadersThatSayAnotherNameThanTheBody() throws IOException {
    RecordingClient client = post("tools/call", Optional.of("read"), "\"name\":\"files__read\"");

    assertThat(client.status()).isEqualTo(400);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32020,\"message\":"
                + "\"Header Mcp-Name does not name what the body names.\"}}");
    assertThat(servers.server("files").texts()).isEmpty();
  }

  @Test
  void listsWhatAllServersHaveForThisClientOnly() throws IOException {
    String hints = "\"resultType\":\"complete\",\"cacheScope\":\"public\",\"ttlMs\":";
    answers("docs", "tools/list", "{\"tools\":[{\"name\":\"a\"}]," + hints + "9000}");
    answers("files", "tools/list", "{\"tools\":[{\"name\":\"b\"}]," + hints + "5000}");

    assertThat(post("tools/list", Optional.empty(), "").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"docs__a\"},"
                + "{\"name\":\"files__b\"}],\"resultType\":\"complete\",\"ttlMs\":5000,"
                + "\"cacheScope\":\"private\"}}");

    servers.server("docs").fails(Reason.UNREACHABLE, false);
    assertThat(post("tools/list", Optional.empty(), "").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"files__b\"}],"
                + "\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\","
                + "\"_meta\":{\"dev.tollbar/degraded\":{\"docs\":\"Its list could not be had.\"}}}}");
  }

  @Test
  void tellsWhatAllServersOffer() throws IOException {
    answers(
        "docs",
        "server/discover",
        "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":"
            + "{\"tools\":{}},\"instructions\":\"Read.\",\"ttlMs\":9,\"cacheScope\":\"public\"}");
    answers(
        "files",
        "server/discover",
        "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":"
            + "{\"prompts\":{\"listChanged\":true}},\"ttlMs\":9,\"cacheScope\":\"public\"}");

    assertThat(post("server/discover", Optional.empty(), "").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"supportedVersions\":[\"2026-07-28\"],"
                + "\"capabilities\":{\"tools\":{},\"prompts\":{\"listChanged\":true}},"
                + "\"instructions\":\"# docs\\n\\nRead.\",\"resultType\":\"complete\",\"ttlMs\":0,"
                + "\"cacheScope\":\"private\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"
                + "{\"name\":\"tollbar\",\"version\":\"9\"}}}}");
  }

  @Test
  void aServerThatDoesNotTellIsNamed() throws IOException {
    servers.server("docs").fails(Reason.TIMEOUT, true);
    answers("files", "server/discover", "{\"capabilities\":{\"tools\":{}}}");

    JsonNode result = post("server/discover", Optional.empty(), "").json().path("result");

    assertThat(result.path("_meta").path("dev.tollbar/degraded").toString())
        .isEqualTo("{\"docs\":\"It cannot be reached, or did not answer.\"}");
    assertThat(result.path("capabilities").toString())
        .isEqualTo(
            "{\"tools\":{},\"prompts\":{},\"resources\":{\"subscribe\":true},\"completions\":{}}");
  }

  @Test
  void readsAResourceOfWhomeverHasIt() throws IOException {
    servers
        .server("files")
        .answers(message ->
            FakeReply.of(
                switch (message.method()) {
                  case "resources/list" ->
                      FakeUpstream.result(message, "{\"resources\":[{\"uri\":\"f://1\"}]}");
                  case "resources/read" ->
                      FakeUpstream.result(message, "{\"resultType\":\"complete\",\"contents\":[]}");
                  default -> FakeUpstream.error(message, -32601);
                }));

    assertThat(post("resources/read", Optional.of("f://1"), "\"uri\":\"f://1\"").text())
        .contains("\"contents\":[]");
    assertThat(post("resources/read", Optional.of("n://o"), "\"uri\":\"n://o\"").error())
        .isEqualTo(-32602);
  }

  @Test
  void knowsNoMethodsOfSessions() throws IOException {
    RecordingClient client = post("logging/setLevel", Optional.empty(), "");

    assertThat(client.status()).isEqualTo(404);
    assertThat(client.error()).isEqualTo(-32601);
  }

  @Test
  void oneSubscriptionBringsWhatAllServersSay() throws Exception {
    LinkedBlockingQueue<Event> docs = subscribed("docs", "{\"toolsListChanged\":true}");
    LinkedBlockingQueue<Event> files = subscribed("files", "{\"promptsListChanged\":true}");
    Conversation heard = new Conversation();
    Thread client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                servers
                    .aggregate()
                    .post(
                        arrival(
                            "subscriptions/listen",
                            Optional.empty(),
                            "\"notifications\":{\"toolsListChanged\":true,"
                                + "\"promptsListChanged\":true,"
                                + "\"resourceSubscriptions\":[\"a://1#tollbar=docs\"]}"),
                        heard);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    assertThat(heard.next())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\","
                + "\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":1},"
                + "\"notifications\":{\"toolsListChanged\":true,\"promptsListChanged\":true}}}");
    String changed = TestGateway.notification("notifications/tools/list_changed", "{}");
    docs.add(FakeUpstream.event(changed));
    assertThat(heard.next()).isEqualTo(changed);
    files.add(FakeUpstream.event(changed));
    assertThat(heard.next()).isEqualTo(changed);
    assertThat(servers.server("docs").texts())
        .anyMatch(sent -> sent.contains("\"resourceSubscriptions\":[\"a://1\"]"));
    assertThat(servers.server("files").texts())
        .allMatch(sent -> sent.contains("\"resourceSubscriptions\":[]"));

    servers.aggregate().endStreams();
    client.join();
    assertThat(heard.next())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"_meta\":"
                + "{\"io.modelcontextprotocol/subscriptionId\":1}}}");
  }

  private LinkedBlockingQueue<Event> subscribed(String name, String granted) {
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    events.add(
        FakeUpstream.event(
            TestGateway.notification(
                "notifications/subscriptions/acknowledged",
                "{\"notifications\":" + granted + "}")));
    servers.server(name).answers(_ -> FakeReply.steps(() -> Optional.of(events.take())));
    return events;
  }
}
