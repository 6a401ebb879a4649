package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.RecordingClient;
import dev.tollbar.pipeline.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers and their common client say to each other beside requests and results. */
class ConversationTest {
  private ManyServers servers;

  @BeforeEach
  void open(@TempDir Path data) throws IOException {
    servers = ManyServers.of(data, "docs", "files");
  }

  @AfterEach
  void close() {
    servers.close();
  }

  private static String asks(String id) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\"roots/list\",\"params\":{\"_meta\":{\"progressToken\":5}}}";
  }

  /** The server asks the client something while it works on a call. */
  private void asksWhileWorking(String name, String id) {
    servers
        .server(name)
        .answers(message ->
            FakeReply.events(
                FakeUpstream.event("id: e1\n", ""),
                FakeUpstream.event("id: e2\nretry: 5\n", asks(id)),
                FakeUpstream.event(FakeUpstream.result(message, "{}"))));
  }

  @Test
  void requestsOfTwoServersNeverMeet() {
    servers.begin();
    asksWhileWorking("docs", "0");
    asksWhileWorking("files", "0");

    RecordingClient docs = servers.request(1, "tools/call", "{\"name\":\"docs__x\"}");
    RecordingClient files = servers.request(2, "tools/call", "{\"name\":\"files__x\"}");

    assertThat(docs.said())
        .contains(
            "id: docs/e2\nretry: 5\ndata: {\"jsonrpc\":\"2.0\",\"id\":\"docs:0\",\"method\":"
                + "\"roots/list\",\"params\":{\"_meta\":{\"progressToken\":\"docs:5\"}}}\n\n");
    assertThat(files.said()).anyMatch(event -> event.contains("\"id\":\"files:0\""));
    answer("files:0", "files", "0");
    answer("docs:0", "docs", "0");
    assertThat(servers.post("{\"jsonrpc\":\"2.0\",\"id\":\"docs:0\",\"result\":{}}").status())
        .isEqualTo(400);
  }

  private void answer(String shown, String server, String own) {
    String answer = "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"roots\":[]}}";

    assertThat(servers.post(answer.formatted("\"" + shown + "\"")).status()).isEqualTo(202);
    assertThat(servers.server(server).texts()).last().isEqualTo(answer.formatted(own));
  }

  @Test
  void idsKeepTheirJsonTypes() {
    servers.begin();
    asksWhileWorking("docs", "\"0\"");

    servers.request(1, "tools/call", "{\"name\":\"docs__x\"}");

    answer("docs:\\\"0\\\"", "docs", "\"0\"");
  }

  @Test
  void nobodyIsAnsweredWhoAskedNothing() {
    servers.begin();

    RecordingClient client = servers.post("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}");

    assertThat(client.status()).isEqualTo(400);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":"
                + "\"The server has asked nothing of that id.\"}}");
  }

  @Test
  void progressOfTheClientGoesToTheServerThatAsked() {
    servers.begin();

    servers.post(
        TestGateway.notification(
            "notifications/progress", "{\"progressToken\":\"files:5\",\"progress\":1}"));

    assertThat(servers.server("files").texts())
        .last()
        .isEqualTo(
            TestGateway.notification(
                "notifications/progress", "{\"progressToken\":5,\"progress\":1}"));
    assertThat(servers.server("docs").texts()).noneMatch(sent -> sent.contains("progress\":1"));
  }

  @Test
  void aServersCancellationNamesItsRequestAsTheClientKnowsIt() {
    servers.begin();
    servers
        .server("docs")
        .answers(message ->
            FakeReply.events(
                FakeUpstream.event(
                    TestGateway.notification("notifications/cancelled", "{\"requestId\":3}")),
                FakeUpstream.event(FakeUpstream.result(message, "{}"))));

    RecordingClient client = servers.request(1, "tools/call", "{\"name\":\"docs__x\"}");

    assertThat(client.said().getFirst())
        .isEqualTo(
            "data: "
                + TestGateway.notification("notifications/cancelled", "{\"requestId\":\"docs:3\"}")
                + "\n\n");
  }

  @Test
  void theClientsCancellationGoesToTheServerThatWorks() throws Exception {
    servers.begin();
    CountDownLatch working = servers.server("files").hangs();
    Conversation call =
        Conversation.post(servers, TestGateway.request(4, "tools/call", "{\"name\":\"files__x\"}"));
    working.await();

    String cancel = TestGateway.notification("notifications/cancelled", "{\"requestId\":4}");
    servers.post(cancel);

    assertThat(call.next()).contains("-32800");
    assertThat(servers.server("files").texts()).last().isEqualTo(cancel);
    assertThat(servers.server("docs").texts()).noneMatch(sent -> sent.contains("cancelled"));
  }

  @Test
  void aListIsCancelledAtEveryServerUnderItsOwnId() throws Exception {
    servers.begin();
    CountDownLatch docs = servers.server("docs").hangs();
    CountDownLatch files = servers.server("files").hangs();
    Conversation list = Conversation.post(servers, TestGateway.request(4, "tools/list", "{}"));
    docs.await();
    files.await();

    servers.post(TestGateway.notification("notifications/cancelled", "{\"requestId\":4}"));

    assertThat(list.next()).contains("\"tools\":[]");
    for (String name : new String[] {"docs", "files"}) {
      assertThat(servers.server(name).texts())
          .last()
          .asString()
          .contains("notifications/cancelled")
          .contains("{\"requestId\":\"dev.tollbar/");
    }
  }

  @Test
  void anIdThatIsOpenCannotBeUsedAgain() throws Exception {
    servers.begin();
    CountDownLatch working = servers.server("files").hangs();
    Conversation.post(servers, TestGateway.request(4, "tools/call", "{\"name\":\"files__x\"}"));
    working.await();

    RecordingClient second = servers.request(4, "tools/call", "{\"name\":\"docs__x\"}");

    assertThat(second.status()).isEqualTo(400);
    assertThat(second.text()).contains("A request of this id is still open.");
    assertThat(servers.server("docs").requests()).isEmpty();
  }

  @Test
  void allServersHearThatRootsChanged() {
    servers.begin();
    String changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}";

    assertThat(servers.post(changed).status()).isEqualTo(202);

    assertThat(servers.server("docs").texts()).last().isEqualTo(changed);
    assertThat(servers.server("files").texts()).last().isEqualTo(changed);
  }

  @Test
  void oneStreamBringsWhatAllServersSay() throws Exception {
    LinkedBlockingQueue<Event> docs = says("docs");
    LinkedBlockingQueue<Event> files = says("files");
    servers.begin();
    servers.lists("docs", "resources/list", "{\"resources\":[{\"uri\":\"a://1\"}]}");
    servers.request(1, "resources/list", "{}");

    Conversation heard = Conversation.listen(servers, Optional.empty());
    docs.add(FakeUpstream.event("id: 1\n", updated("a://1")));
    assertThat(heard.nextEvent()).isEqualTo("event: message\ndata: " + updated("a://1") + "\n\n");
    files.add(FakeUpstream.event(updated("a://1")));
    assertThat(heard.next()).isEqualTo(updated("a://1#tollbar=files"));
    files.add(FakeUpstream.event(asks("1")));
    assertThat(heard.next()).contains("\"id\":\"files:1\"");
    answer("files:1", "files", "1");
  }

  private static String updated(String uri) {
    return TestGateway.notification("notifications/resources/updated", "{\"uri\":\"" + uri + "\"}");
  }

  private LinkedBlockingQueue<Event> says(String name) {
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    servers.server(name).streams(_ -> FakeReply.steps(() -> Optional.of(events.take())));
    return events;
  }

  @Test
  void aServerThatJoinsWhileTheClientOnlyListensIsGreetedAllTheSame(@TempDir Path data)
      throws Exception {
    Settings impatient = ManyServers.settings(ManyServers.SHORT, 1_000);
    try (ManyServers late = ManyServers.of(data, impatient, "docs", "files")) {
      CountDownLatch held = late.holdsBack("files");
      late.begin();
      Conversation heard = Conversation.listen(late, Optional.empty());

      held.countDown();

      assertThat(heard.next()).contains("list_changed");
      assertThat(late.server("files").texts())
          .anyMatch(text -> text.contains("notifications/initialized"));
    }
  }

  @Test
  void aSecondStreamTakesThePlaceOfTheFirst() throws Exception {
    LinkedBlockingQueue<Event> docs = says("docs");
    servers.begin();
    Conversation first = Conversation.listen(servers, Optional.empty());

    Conversation second = Conversation.listen(servers, Optional.empty());
    docs.add(FakeUpstream.event(updated("a://1")));

    assertThat(first.status()).isZero();
    assertThat(second.next()).isEqualTo(updated("a://1"));
  }

  @Test
  void aStreamThatBrokeOffGoesOnAtItsServer() throws Exception {
    servers.begin();
    LinkedBlockingQueue<Event> nothing = new LinkedBlockingQueue<>();
    servers
        .server("files")
        .streams(lastEventId ->
            lastEventId.isPresent()
                ? FakeReply.events(
                    FakeUpstream.event("id: e3\n", updated("after-" + lastEventId.get())))
                : FakeReply.steps(() -> Optional.of(nothing.take())));

    Conversation heard = Conversation.listen(servers, Optional.of("files/e2"));

    assertThat(heard.nextEvent()).isEqualTo("id: files/e3\ndata: " + updated("after-e2") + "\n\n");
  }

  @Test
  void aStrangerHearsNothing() throws Exception {
    servers.begin();
    servers.token(TestGateway.DESKTOP);

    assertThat(Conversation.listen(servers, Optional.empty()).status()).isEqualTo(0);
    RecordingClient client = new RecordingClient();
    servers.listen(Optional.empty(), client);
    assertThat(client.status()).isEqualTo(404);
  }

  @Test
  void theStreamEndsWithTheSession() throws Exception {
    servers.begin();
    Conversation heard = Conversation.listen(servers, Optional.empty());

    servers.end();

    assertThat(heard.status()).isZero();
  }
}
