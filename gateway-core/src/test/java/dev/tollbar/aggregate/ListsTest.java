package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lists of many servers as one. */
class ListsTest {
  @TempDir private Path data;
  private final List<ManyServers> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(ManyServers::close);
  }

  private ManyServers begun(ManyServers servers) {
    opened.add(servers);
    servers.begin();
    return servers;
  }

  private static String texts(JsonNode entries, String member) {
    List<String> texts = new ArrayList<>();
    entries.forEach(entry -> texts.add(entry.path(member).asText()));
    return String.join(" ", texts);
  }

  @Test
  void showsEveryServersToolsAndLeavesTheirBytes() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs", "files"));
    servers.lists(
        "docs",
        "tools/list",
        "{\"tools\":[ {\"x\" : 2.50,\"name\":\"find\"}, {\"name\":\"a b\",\"name2\":1} ],\"y\":1}");
    servers.lists("files", "tools/list", "{\"tools\":[{\"name\":\"find\",\"é\":[]}]}");

    RecordingClient client = servers.request(7, "tools/list", "{}");

    String shortened = client.json().path("result").path("tools").path(1).path("name").asText();
    assertThat(shortened).startsWith("docs_a_b-");
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"tools\":["
                + "{\"x\" : 2.50,\"name\":\"docs__find\"},{\"name\":\""
                + shortened
                + "\",\"name2\":1},{\"name\":\"files__find\",\"é\":[]}]}}");
    servers.request(8, "tools/call", "{\"name\":\"" + shortened + "\"}");
    assertThat(servers.server("docs").requests())
        .last()
        .isEqualTo(TestGateway.request(8, "tools/call", "{\"name\":\"a b\"}"));
  }

  @Test
  void thePolicyOfEachServerFiltersItsOwnNames() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, TestGateway.hiding("drop"), "docs", "files"));
    servers.lists("docs", "tools/list", "{\"tools\":[{\"name\":\"drop\"},{\"name\":\"find\"}]}");
    servers.lists("files", "tools/list", "{\"tools\":[{\"name\":\"drop\"}]}");

    JsonNode tools = servers.request(1, "tools/list", "{}").json().path("result").path("tools");

    assertThat(texts(tools, "name")).isEqualTo("docs__find");
    assertThat(servers.gateway().records().getLast().server()).isNotEmpty();
  }

  @Test
  void everyPageHoldsAPageOfEachServerThatHasMore() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs", "files"));
    pages("docs", servers, 3);
    pages("files", servers, 1);

    JsonNode first = servers.request(1, "tools/list", "{}").json().path("result");
    JsonNode second = next(servers, 2, first);
    JsonNode third = next(servers, 3, second);

    assertThat(texts(first.path("tools"), "name")).isEqualTo("docs__t1 files__t1");
    assertThat(texts(second.path("tools"), "name")).isEqualTo("docs__t2");
    assertThat(texts(third.path("tools"), "name")).isEqualTo("docs__t3");
    assertThat(third.has("nextCursor")).isFalse();
    assertThat(servers.server("files").requests()).hasSize(1);
  }

  private static JsonNode next(ManyServers servers, int id, JsonNode page) {
    String cursor = page.path("nextCursor").asText();
    return servers
        .request(id, "tools/list", "{\"cursor\":\"" + cursor + "\"}")
        .json()
        .path("result");
  }

  private static void pages(String name, ManyServers servers, int last) {
    AtomicInteger page = new AtomicInteger();
    servers
        .server(name)
        .answers(message -> {
          int now = page.incrementAndGet();
          String cursor = now == last ? "" : ",\"nextCursor\":\"to" + (now + 1) + "\"";
          String tools = "{\"tools\":[{\"name\":\"t" + now + "\"}]" + cursor + "}";
          return FakeReply.of(FakeUpstream.result(message, tools));
        });
  }

  @Test
  void aListWithoutAnEndIsBounded() throws IOException {
    ManyServers servers =
        begun(
            ManyServers.of(
                data, ManyServers.settings(ManyServers.SHORT.multipliedBy(10), 2), "docs"));
    pages("docs", servers, Integer.MAX_VALUE);

    JsonNode second =
        next(servers, 2, servers.request(1, "tools/list", "{}").json().path("result"));

    assertThat(second.has("nextCursor")).isFalse();
    assertThat(second.path("_meta").toString())
        .isEqualTo("{\"dev.tollbar/degraded\":{\"docs\":\"Its list does not end.\"}}");
  }

  @Test
  void aCursorThatComesAgainEndsTheList() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs"));
    servers.lists("docs", "tools/list", "{\"tools\":[{\"name\":\"a\"}],\"nextCursor\":\"again\"}");

    JsonNode second =
        next(servers, 2, servers.request(1, "tools/list", "{}").json().path("result"));

    assertThat(second.has("nextCursor")).isFalse();
    assertThat(second.path("_meta").toString())
        .isEqualTo("{\"dev.tollbar/degraded\":{\"docs\":\"Its list does not end.\"}}");
  }

  @Test
  void refusesACursorOfNobody() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs"));

    RecordingClient client = servers.request(1, "tools/list", "{\"cursor\":\"x\"}");

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":"
                + "\"The cursor is not one of this list.\"}}");
    assertThat(servers.server("docs").requests()).isEmpty();
  }

  @Test
  void aServerThatFailsIsNamedAndOneWithoutTheListIsNot() throws IOException {
    ManyServers servers = ManyServers.of(data, "broken", "docs", "lame", "less", "none");
    servers.offers("less", "{\"tools\":{}}");
    begun(servers);
    servers.server("broken").answersResult("{\"prompts\":7}");
    servers.lists("docs", "prompts/list", "{\"prompts\":[{\"name\":\"greet\"}]}");
    servers.server("lame").fails(Reason.TIMEOUT, true);
    servers.server("none").answers(message -> FakeReply.of(FakeUpstream.error(message, -32601)));

    JsonNode result = servers.request(1, "prompts/list", "{}").json().path("result");

    assertThat(texts(result.path("prompts"), "name")).isEqualTo("docs__greet");
    assertThat(result.path("_meta").toString())
        .isEqualTo(
            "{\"dev.tollbar/degraded\":{\"broken\":\"Its list could not be had.\","
                + "\"lame\":\"Its list could not be had.\"}}");
    assertThat(servers.server("less").requests()).isEmpty();
  }

  @Test
  void aSlowListIsLeftOutAndComesWithTheNextOne() throws Exception {
    ManyServers servers =
        begun(
            ManyServers.of(data, ManyServers.settings(ManyServers.SHORT, 1_000), "docs", "files"));
    CountDownLatch go = new CountDownLatch(1);
    servers
        .server("docs")
        .answers(message -> {
          go.await();
          return FakeReply.of(FakeUpstream.result(message, "{\"tools\":[{\"name\":\"slow\"}]}"));
        });
    servers.lists("files", "tools/list", "{\"tools\":[{\"name\":\"fast\"}]}");

    JsonNode first = servers.request(1, "tools/list", "{}").json().path("result");
    Conversation heard = Conversation.listen(servers, Optional.empty());
    go.countDown();
    heard.await("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
    JsonNode second = servers.request(2, "tools/list", "{}").json().path("result");

    assertThat(texts(first.path("tools"), "name")).isEqualTo("files__fast");
    assertThat(first.path("_meta").toString())
        .isEqualTo("{\"dev.tollbar/degraded\":{\"docs\":\"It did not answer in time.\"}}");
    assertThat(texts(second.path("tools"), "name")).isEqualTo("docs__slow files__fast");
    assertThat(second.has("_meta")).isFalse();
    assertThat(servers.server("docs").requests()).hasSize(1);
  }

  @Test
  void allPartsOfAListAreUnderOneRevision() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs", "files"));
    servers.lists("docs", "tools/list", "{\"tools\":[{\"name\":\"drop\"}]}");
    AtomicInteger asked = new AtomicInteger();
    servers
        .server("files")
        .answers(message -> {
          if (asked.incrementAndGet() == 1) {
            // Another revision comes into force, and files is asked a second time in a new session.
            servers.gateway().replacePolicy(TestGateway.hiding("drop"));
            throw new UpstreamException(Reason.SESSION_LOST, false, 404, "unknown session");
          }
          return FakeReply.of(FakeUpstream.result(message, "{\"tools\":[{\"name\":\"drop\"}]}"));
        });

    JsonNode during = servers.request(1, "tools/list", "{}").json().path("result");
    JsonNode after = servers.request(2, "tools/list", "{}").json().path("result");

    assertThat(texts(during.path("tools"), "name")).isEqualTo("docs__drop files__drop");
    assertThat(texts(after.path("tools"), "name")).isEmpty();
  }

  @Test
  void aListThatCameLateIsOfNoUseUnderAnotherRevision() throws Exception {
    ManyServers servers =
        begun(ManyServers.of(data, ManyServers.settings(ManyServers.SHORT, 1_000), "docs"));
    CountDownLatch go = new CountDownLatch(1);
    servers
        .server("docs")
        .answers(message -> {
          go.await();
          return FakeReply.of(FakeUpstream.result(message, "{\"tools\":[{\"name\":\"drop\"}]}"));
        });

    servers.request(1, "tools/list", "{}");
    Conversation heard = Conversation.listen(servers, Optional.empty());
    go.countDown();
    heard.await("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
    servers.gateway().replacePolicy(TestGateway.hiding("drop"));
    JsonNode second = servers.request(2, "tools/list", "{}").json().path("result");

    assertThat(texts(second.path("tools"), "name")).isEmpty();
    assertThat(servers.server("docs").requests()).hasSize(2);
  }

  @Test
  void marksOnlyResourcesThatTwoServersHave() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs", "files"));
    String list = "{\"resources\":[{\"uri\":\"file:///a\"},{\"uri\":\"x://%s\"}]}";
    servers.lists("docs", "resources/list", list.formatted("d"));
    servers.lists("files", "resources/list", list.formatted("f"));

    JsonNode result = servers.request(1, "resources/list", "{}").json().path("result");

    assertThat(texts(result.path("resources"), "uri"))
        .isEqualTo("file:///a x://d file:///a#tollbar=files x://f");
  }

  @Test
  void theResourceOfAnAppFollowsItsTool() throws IOException {
    ManyServers servers = begun(ManyServers.of(data, "docs", "files"));
    String list =
        "{\"tools\":[{\"name\":\"t\",\"_meta\":{\"ui\":{\"resourceUri\":\"ui://app\"},\"a\":1}}]}";
    servers.lists("docs", "tools/list", list);
    servers.lists("files", "tools/list", list);

    RecordingClient client = servers.request(1, "tools/list", "{}");

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":["
                + "{\"name\":\"docs__t\",\"_meta\":{\"ui\":{\"resourceUri\":\"ui://app\"},\"a\":1}},"
                + "{\"name\":\"files__t\",\"_meta\":{\"ui\":{\"resourceUri\":"
                + "\"ui://app#tollbar=files\"},\"a\":1}}]}}");
    servers.request(2, "resources/read", "{\"uri\":\"ui://app#tollbar=files\"}");
    assertThat(servers.server("files").requests())
        .last()
        .isEqualTo(TestGateway.request(2, "resources/read", "{\"uri\":\"ui://app\"}"));
    servers.request(3, "resources/read", "{\"uri\":\"ui://app\"}");
    assertThat(servers.server("docs").requests())
        .last()
        .isEqualTo(TestGateway.request(3, "resources/read", "{\"uri\":\"ui://app\"}"));
  }
}
