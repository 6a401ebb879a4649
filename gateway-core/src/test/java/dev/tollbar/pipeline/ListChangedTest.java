package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Wire facts, section 6.4: a change of policy is news for clients that listen. */
@Timeout(value = 2, unit = TimeUnit.MINUTES) // so that news that never comes ends the test
class ListChangedTest {
  private static final String NEWS = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}";
  private static final String TOOLS =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
    gateway.knows("pay", "{}");
    gateway.knows("read", "{}");
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private void change(Policy policy) {
    gateway.live.replace(gateway.revision("r2", policy, () -> {}));
  }

  /** A client of a session that listens already. */
  private RecordingClient listening(FakeStream stream) throws Exception {
    Knock session = gateway.session();
    gateway.upstream.streams(_ -> stream);
    RecordingClient client = new RecordingClient();
    gateway.listen(session, client);
    stream.says(NEWS);
    client.awaitSaid(NEWS);
    return client;
  }

  @Test
  void aClientThatListensIsToldThatAToolIsHiddenNow() throws Exception {
    RecordingClient client = listening(new FakeStream());

    change(TestGateway.hiding("pay"));

    client.awaitSaid(TOOLS);
  }

  @Test
  void aChangeThatShowsTheSameToolsIsNoNews() throws Exception {
    FakeStream stream = new FakeStream();
    RecordingClient client = listening(stream);

    change(TestGateway.hiding("a tool that is not there"));
    change(TestGateway.hiding("read"));
    client.awaitSaid(TOOLS);

    assertThat(client.messages()).filteredOn(event -> event.contains(TOOLS)).hasSize(1);
  }

  @Test
  void aSubscriptionIsToldUnderItsOwnIdWhatItAskedFor() throws Exception {
    String listen =
        ModernClient.request(
            "\"7\"", "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}");
    Event acknowledged =
        FakeUpstream.event(
            "", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\"}");
    CountDownLatch told = new CountDownLatch(1);
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(acknowledged),
            () -> {
              told.await();
              return Optional.empty();
            }));
    RecordingClient client = new RecordingClient();
    Thread listener = Thread.ofVirtual().start(() -> gateway.modern().send(listen, client));
    client.awaitSaid("acknowledged");

    change(TestGateway.hiding("pay"));
    client.awaitSaid("list_changed");
    told.countDown();
    listener.join();

    assertThat(client.said())
        .containsExactly(
            new String(acknowledged.raw(), StandardCharsets.UTF_8),
            "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":"
                + "\"notifications/tools/list_changed\",\"params\":{\"_meta\":"
                + "{\"io.modelcontextprotocol/subscriptionId\":\"7\"}}}\n\n");
  }

  @Test
  void aSubscriptionIsUnderThePolicyThatIsInForceWhenTheServerAsks() throws Exception {
    String listen = ModernClient.request("\"7\"", "subscriptions/listen", "\"notifications\":{}");
    Event asks =
        FakeUpstream.event(
            "",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks\",\"params\":{\"inputRequests\":"
                + "{\"a\":{\"method\":\"sampling/createMessage\"}}}}");
    Event news = FakeUpstream.event("", NEWS);
    CountDownLatch changed = new CountDownLatch(1);
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(asks),
            () -> {
              changed.await();
              return Optional.of(asks);
            },
            () -> Optional.of(news),
            Optional::empty));
    RecordingClient client = new RecordingClient();
    Thread listener = Thread.ofVirtual().start(() -> gateway.modern().send(listen, client));
    client.awaitSaid("notifications/tasks");

    change(TestGateway.refusing(ServerRequest.SAMPLING));
    changed.countDown();
    listener.join();

    assertThat(client.messages()).filteredOn(event -> event.contains("inputRequests")).hasSize(1);
    assertThat(client.messages()).anyMatch(event -> event.contains("notifications/message"));
  }
}
