package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.RecordingClient;
import dev.tollbar.pipeline.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for one of many servers reach that one, as its own address would have them. */
class CallsTest {
  private ManyServers servers;

  @BeforeEach
  void open(@TempDir Path data) throws IOException {
    servers = ManyServers.of(data, TestGateway.hiding("drop"), "docs", "files");
    servers.begin();
  }

  @AfterEach
  void close() {
    servers.close();
  }

  private void reaches(String server, int id, String method, String asked, String forwarded) {
    RecordingClient client = servers.request(id, method, asked);

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"result\":{\"from\":\""
                + server
                + "\",\"method\":\""
                + method
                + "\"}}");
    assertThat(servers.server(server).requests())
        .last()
        .isEqualTo(TestGateway.request(id, method, forwarded));
  }

  @Test
  void callsTheToolOfItsServer() {
    reaches(
        "files",
        1,
        "tools/call",
        "{ \"arguments\": {\"a\": 1.50}, \"name\" : \"files__read\" }",
        "{ \"arguments\": {\"a\": 1.50}, \"name\" : \"read\" }");
  }

  @Test
  void getsThePromptOfItsServer() {
    reaches("docs", 1, "prompts/get", "{\"name\":\"docs__x\"}", "{\"name\":\"x\"}");
  }

  @Test
  void completesByTheReference() {
    servers.lists(
        "files",
        "resources/templates/list",
        "{\"resourceTemplates\":[{\"uriTemplate\":\"f://{p}\"}]}");
    reaches(
        "docs",
        1,
        "completion/complete",
        "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"docs__x\"},\"argument\":{}}",
        "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"x\"},\"argument\":{}}");
    reaches(
        "files",
        2,
        "completion/complete",
        "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"f://{p}\"},\"argument\":{}}",
        "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"f://{p}\"},\"argument\":{}}");
  }

  @Test
  void findsAShortNameThatTheSessionHasNotSeen() {
    servers.lists("docs", "tools/list", "{\"tools\":[{\"name\":\"a b\"}]}");
    String shown = new Names().of("docs", "a b");

    reaches("docs", 5, "tools/call", "{\"name\":\"" + shown + "\"}", "{\"name\":\"a b\"}");
  }

  @Test
  void knowsNoOtherNames() {
    for (String name : List.of("read", "nobody-at-all", "x__")) {
      RecordingClient client = servers.request(1, "tools/call", "{\"name\":\"" + name + "\"}");

      assertThat(client.text())
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":"
                  + "\"There is no tool of this name here.\"}}");
    }
    assertThat(servers.request(1, "prompts/get", "{\"name\":\"read\"}").text())
        .contains("There is no prompt of this name here.");
    assertThat(servers.request(2, "tools/call", "{}").error()).isEqualTo(-32602);
  }

  @Test
  void aServerOutOfReachIsRefusedAndRecorded() {
    RecordingClient client = servers.request(1, "tools/call", "{\"name\":\"secret__read\"}");

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":"
                + "\"This grant does not reach this server.\"}}");
    DecisionRecord record = servers.gateway().records().getLast();
    assertThat(record.server()).contains("secret");
    assertThat(record.code()).contains("grant_not_for_server");
  }

  @Test
  void thePolicyJudgesTheServersOwnName() {
    RecordingClient client = servers.request(1, "tools/call", "{\"name\":\"files__drop\"}");

    assertThat(
            client.json().has("error") || client.json().path("result").path("isError").asBoolean())
        .isTrue();
    assertThat(servers.server("files").requests()).isEmpty();
    DecisionRecord record = servers.gateway().records().getLast();
    assertThat(record.server()).contains("files");
    assertThat(record.tool()).contains("drop");
    assertThat(record.grant()).contains("laptop");
  }

  @Test
  void readsWhatListsOrTemplatesOrResultsHaveShown() {
    servers.lists("docs", "resources/list", "{\"resources\":[{\"uri\":\"d://1\"}]}");
    // Nothing was listed by the client: the lists are looked up.
    reaches("docs", 1, "resources/read", "{\"uri\":\"d://1\"}", "{\"uri\":\"d://1\"}");

    servers
        .server("files")
        .answers(message ->
            FakeReply.of(
                FakeUpstream.result(
                    message,
                    message.method().equals("tools/call")
                        ? "{\"content\":[{\"type\":\"resource_link\",\"uri\":\"f://new\"}]}"
                        : "{\"from\":\"files\",\"method\":\"" + message.method() + "\"}")));
    servers.request(2, "tools/call", "{\"name\":\"files__make\"}");
    reaches("files", 3, "resources/read", "{\"uri\":\"f://new\"}", "{\"uri\":\"f://new\"}");
    reaches("files", 4, "resources/subscribe", "{\"uri\":\"f://new\"}", "{\"uri\":\"f://new\"}");
    reaches("files", 5, "resources/unsubscribe", "{\"uri\":\"f://new\"}", "{\"uri\":\"f://new\"}");
    reaches(
        "docs", 6, "resources/read", "{\"uri\":\"f://new#tollbar=docs\"}", "{\"uri\":\"f://new\"}");
  }

  @Test
  void asksNobodyForAResourceOfNobody() {
    RecordingClient client = servers.request(1, "resources/read", "{\"uri\":\"n://o\"}");

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32002,\"message\":"
                + "\"It is not known here which server has this resource: list resources first,"
                + " or put #tollbar= and the server's name behind the URI.\"}}");
    assertThat(servers.server("docs").requests()).noneMatch(sent -> sent.contains("n://o"));
    assertThat(servers.server("files").requests()).noneMatch(sent -> sent.contains("n://o"));
  }

  @Test
  void passesTheBytesOfAReplyOn() {
    String result = "{\"content\":[ ], \"x\" :1.0,\"structuredContent\":{\"é\":[null]}}";
    servers.server("docs").answersResult(result);

    assertThat(servers.request(1, "tools/call", "{\"name\":\"docs__x\"}").text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}");
  }

  @Test
  void passesALargeReplyOnAndLearnsFromIt() {
    String text = "x".repeat(400_000);
    servers
        .server("files")
        .answers(message ->
            FakeReply.of(
                FakeUpstream.result(
                    message,
                    message.method().equals("tools/call")
                        ? "{\"content\":[{\"uri\":\"f://big\",\"text\":\"" + text + "\"}]}"
                        : "{\"from\":\"files\",\"method\":\"" + message.method() + "\"}")));

    assertThat(servers.request(1, "tools/call", "{\"name\":\"files__x\"}").text()).contains(text);
    reaches("files", 2, "resources/read", "{\"uri\":\"f://big\"}", "{\"uri\":\"f://big\"}");
  }

  @Test
  void tasksBelongToTheServerThatMadeThem() {
    servers
        .server("files")
        .answers(message ->
            FakeReply.of(
                FakeUpstream.result(
                    message,
                    message.method().equals("tools/call")
                        ? "{\"task\":{\"taskId\":\"t1\",\"status\":\"working\"}}"
                        : "{\"from\":\"files\",\"method\":\"" + message.method() + "\"}")));
    servers.request(1, "tools/call", "{\"name\":\"files__x\",\"task\":{\"ttl\":1}}");

    reaches("files", 2, "tasks/get", "{\"taskId\":\"t1\"}", "{\"taskId\":\"t1\"}");
    assertThat(servers.request(3, "tasks/cancel", "{\"taskId\":\"t2\"}").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32602,\"message\":"
                + "\"There is no task of this id here.\"}}");
  }

  @Test
  void setsTheLevelOfAll() {
    RecordingClient client = servers.request(1, "logging/setLevel", "{\"level\":\"debug\"}");

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    String sent = TestGateway.request(1, "logging/setLevel", "{\"level\":\"debug\"}");
    assertThat(servers.server("docs").requests()).containsExactly(sent);
    assertThat(servers.server("files").requests()).containsExactly(sent);
  }

  @Test
  void takesBatchesOfRevisionsThatHaveThem() {
    String batch =
        "["
            + TestGateway.request(1, "tools/call", "{\"name\":\"docs__x\"}")
            + ","
            + TestGateway.notification("notifications/roots/list_changed", "{}")
            + ",{\"id\":3},"
            + TestGateway.request(2, "tools/call", "{\"name\":\"files__drop\"}")
            + "]";
    RecordingClient refused = servers.post(batch);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("Batches are not served");
    assertThat(servers.server("docs").requests()).isEmpty();

    servers.begin("2025-03-26");
    RecordingClient client = servers.post(batch);

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.json()).hasSize(3);
    assertThat(client.json().path(0).toString())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"from\":\"docs\","
                + "\"method\":\"tools/call\"}}");
    assertThat(client.json().path(1).path("error").path("code").asInt()).isEqualTo(-32600);
    assertThat(client.json().path(2).path("id").asInt()).isEqualTo(2);
    assertThat(servers.server("files").requests()).isEmpty();
    assertThat(servers.post("[" + TestGateway.notification("notifications/x", "{}") + "]").status())
        .isEqualTo(202);
  }

  @Test
  void answersPingsItselfAndKnowsNoOtherMethods() {
    assertThat(servers.request(1, "ping", "{}").text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assertThat(servers.request(2, "tools/erase", "{}").text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32601,\"message\":"
                + "\"The gateway does not know this method.\"}}");
    assertThat(servers.server("docs").requests()).isEmpty();
  }
}
