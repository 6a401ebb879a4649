package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.RecordingClient;
import dev.tollbar.pipeline.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a session on many servers begins and ends, and who is in it meanwhile. */
class JoiningTest {
  @TempDir private Path data;
  private final List<ManyServers> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(ManyServers::close);
  }

  private ManyServers of(String... names) throws IOException {
    return kept(ManyServers.of(data, names));
  }

  private ManyServers impatient(String... names) throws IOException {
    return kept(ManyServers.of(data, ManyServers.settings(ManyServers.SHORT, 1_000), names));
  }

  private ManyServers kept(ManyServers servers) {
    opened.add(servers);
    return servers;
  }

  private static JsonNode result(RecordingClient client) {
    return client.json().path("result");
  }

  private static JsonNode degraded(RecordingClient client) {
    return result(client).path("_meta").path("dev.tollbar/degraded");
  }

  @Test
  void answersWithWhatAllServersOffer() throws IOException {
    ManyServers servers = of("docs", "files");
    servers
        .server("docs")
        .handshakes(message ->
            FakeReply.of(
                ManyServers.welcome(
                    message,
                    "{\"tools\":{\"listChanged\":false},\"resources\":{\"subscribe\":false},"
                        + "\"experimental\":{\"a\":{\"x\":1}}}",
                    ",\"instructions\":\"Read first.\"")));
    servers
        .server("files")
        .handshakes(message ->
            FakeReply.of(
                ManyServers.welcome(
                    message,
                    "{\"resources\":{\"subscribe\":true},\"logging\":{},"
                        + "\"experimental\":{\"a\":{\"x\":2,\"y\":3}}}",
                    ",\"instructions\":\"Write last.\"")));

    RecordingClient welcome = servers.initialize();

    assertThat(welcome.status()).isEqualTo(200);
    assertThat(welcome.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-11-25\","
                + "\"capabilities\":{\"tools\":{\"listChanged\":true},"
                + "\"resources\":{\"subscribe\":true,\"listChanged\":true},"
                + "\"experimental\":{\"a\":{\"x\":1,\"y\":3}},\"logging\":{}},"
                + "\"serverInfo\":{\"name\":\"tollbar\",\"version\":\"9\"},"
                + "\"instructions\":\"# docs\\n\\nRead first.\\n\\n# files\\n\\nWrite last.\"}}");
    assertThat(servers.server("docs").texts())
        .containsExactly(TestGateway.initialize("2025-11-25"));
    assertThat(servers.server("files").texts())
        .containsExactly(TestGateway.initialize("2025-11-25"));
  }

  @Test
  void speaksTheRevisionOfTheClientAndToAnOlderServerItsOwn() throws IOException {
    ManyServers servers = of("docs", "files");
    servers
        .server("docs")
        .handshakes(message ->
            FakeReply.of(
                FakeUpstream.result(
                    message,
                    "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},"
                        + "\"serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}")));

    assertThat(result(servers.begin()).path("protocolVersion").asText()).isEqualTo("2025-11-25");

    servers.request(1, "tools/call", "{\"name\":\"docs__find\"}");
    servers.request(2, "tools/call", "{\"name\":\"files__find\"}");
    assertThat(servers.server("docs").forwarded().getLast().protocolRevision())
        .contains("2025-06-18");
    assertThat(servers.server("files").forwarded().getLast().protocolRevision())
        .contains("2025-11-25");
  }

  @Test
  void aDeadServerHidesNoOther() throws IOException {
    ManyServers servers = of("docs", "files");
    servers.server("docs").handshakes(FakeUpstream.failing(Reason.UNREACHABLE, false));

    RecordingClient welcome = servers.begin();

    assertThat(degraded(welcome).toString())
        .isEqualTo("{\"docs\":\"It cannot be reached, or did not answer.\"}");
    assertThat(servers.request(1, "tools/call", "{\"name\":\"files__find\"}").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"from\":\"files\","
                + "\"method\":\"tools/call\"}}");
    RecordingClient call = servers.request(2, "tools/call", "{\"name\":\"docs__find\"}");
    assertThat(call.status()).isEqualTo(200);
    assertThat(call.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-31003,\"message\":"
                + "\"The server docs cannot be reached now.\"}}");
  }

  @Test
  void answersWithoutAnyServerAndPromisesWhatMayCome() throws IOException {
    ManyServers servers = of("docs");
    servers.server("docs").handshakes(message -> FakeReply.of(FakeUpstream.error(message, -32602)));

    RecordingClient welcome = servers.initialize();

    assertThat(result(welcome).path("capabilities").toString())
        .isEqualTo(
            "{\"tools\":{\"listChanged\":true},\"prompts\":{\"listChanged\":true},"
                + "\"resources\":{\"subscribe\":true,\"listChanged\":true},"
                + "\"completions\":{},\"logging\":{}}");
    assertThat(degraded(welcome).toString())
        .isEqualTo("{\"docs\":\"It did not begin a session.\"}");
    assertThat(servers.request(1, "tools/list", "{}").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[],\"_meta\":"
                + "{\"dev.tollbar/degraded\":{\"docs\":\"It did not begin a session.\"}}}}");
  }

  @Test
  void aSlowServerJoinsLateAndTheClientIsTold() throws Exception {
    ManyServers servers = impatient("docs", "files");
    CountDownLatch ready = servers.holdsBack("docs");

    RecordingClient welcome = servers.begin();
    assertThat(degraded(welcome).toString()).isEqualTo("{\"docs\":\"It has not answered yet.\"}");

    Conversation heard = Conversation.listen(servers, Optional.empty());
    ready.countDown();
    heard.await(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/prompts/list_changed\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/list_changed\"}");

    // It is told that the handshake is over before anything else.
    servers.request(1, "tools/call", "{\"name\":\"docs__find\"}");
    assertThat(servers.server("docs").texts())
        .containsExactly(
            TestGateway.initialize("2025-11-25"),
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
                + "{\"name\":\"find\"}}");
  }

  @Test
  void aDeadServerIsTriedAgainUntilItIsThere() throws Exception {
    ManyServers servers = of("docs", "files");
    CountDownLatch tried = new CountDownLatch(5);
    servers
        .server("docs")
        .handshakes(message -> {
          tried.countDown();
          if (tried.getCount() > 0) {
            return FakeUpstream.failing(Reason.UNREACHABLE, false).answer(message);
          }
          return FakeReply.of(ManyServers.welcome(message, "{\"tools\":{}}", ""));
        });
    servers.begin();

    Conversation.listen(servers, Optional.empty())
        .await("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");

    assertThat(tried.getCount()).isZero();
  }

  @Test
  void aServerThatLostItsSessionJoinsAgainUnnoticed() throws IOException {
    ManyServers servers = of("docs", "files");
    servers.begin();
    servers.request(1, "logging/setLevel", "{\"level\":\"error\"}");
    servers.request(2, "resources/subscribe", "{\"uri\":\"file:///a#tollbar=docs\"}");
    servers.gateway().pass(Sessions.LONGEST);

    RecordingClient call = servers.request(3, "tools/call", "{\"name\":\"docs__find\"}");

    assertThat(call.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"from\":\"docs\","
                + "\"method\":\"tools/call\"}}");
    List<String> again = servers.server("docs").texts();
    assertThat(again.subList(again.lastIndexOf(TestGateway.initialize("2025-11-25")), again.size()))
        .satisfiesExactly(
            first -> assertThat(first).contains("\"initialize\""),
            second -> assertThat(second).contains("notifications/initialized"),
            third -> assertThat(third).contains("{\"level\":\"error\"}").contains("dev.tollbar/"),
            fourth -> assertThat(fourth).contains("{\"uri\":\"file:///a\"}"),
            fifth -> assertThat(fifth).contains("tools/call"));
    assertThat(servers.server("files").texts()).hasSize(3);
  }

  @Test
  void endsAllSessionsWithItsOwn() throws IOException {
    ManyServers servers = of("docs", "files");
    servers.begin();
    assertThat(servers.gateway().openSessions()).isEqualTo(2);

    RecordingClient end = servers.end();

    assertThat(end.status()).isEqualTo(200);
    assertThat(servers.gateway().openSessions()).isZero();
    assertThat(servers.aggregate().size()).isZero();
    assertThat(servers.request(1, "ping", "{}").status()).isEqualTo(404);
  }

  @Test
  void isNobodyElses() throws IOException {
    ManyServers servers = of("docs");
    servers.begin();
    servers.token(TestGateway.DESKTOP);

    RecordingClient client = servers.request(1, "tools/list", "{}");

    assertThat(client.status()).isEqualTo(404);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":"
                + "\"Session not found: begin anew with initialize.\"}}");
    servers.token("tb_nobody");
    assertThat(servers.request(1, "tools/list", "{}").status()).isEqualTo(401);
    assertThat(servers.end().status()).isEqualTo(401);
  }

  @Test
  void refusesWhatBeginsInAnotherWay() throws IOException {
    ManyServers servers = of("docs");
    assertThat(servers.request(1, "tools/list", "{}").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":"
                + "\"Mcp-Session-Id is missing: begin with initialize.\"}}");
    assertThat(servers.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2}").status()).isEqualTo(400);
    assertThat(servers.gateway().records()).hasSize(1);
    assertThat(servers.server("docs").texts()).isEmpty();
  }

  @Test
  void holdsSoManySessionsAndNoMore() throws IOException {
    ManyServers servers = of("docs");
    servers.begin();
    servers.begin();
    servers.begin();
    servers.session("none");

    RecordingClient refused = servers.post(TestGateway.initialize("2025-11-25"));

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32603,\"message\":"
                + "\"Too many sessions are open.\"}}");
    assertThat(servers.gateway().openSessions()).isEqualTo(3);
  }
}
