package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.UpstreamOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Wire facts, section 6.4: the stream of {@code subscriptions/listen}. */
@Timeout(value = 2, unit = TimeUnit.MINUTES) // so that a stream that nobody ends ends the test
class ModernListenTest {
  private static final String LISTEN =
      ModernClient.request(
          "\"7\"",
          "subscriptions/listen",
          "\"notifications\":{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a:1\"]}");

  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  /** A notification with the id of the request that asked for it, in the server's own spelling. */
  private static Event notification(String method) {
    return FakeUpstream.event(
        "x-new: 1\n",
        "{ \"method\":\"notifications/"
            + method
            + "\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"\\u0037\"},"
            + "\"x\":1.0},\"jsonrpc\":\"2.0\"}");
  }

  private static String text(Event event) {
    return new String(event.raw(), StandardCharsets.UTF_8);
  }

  private static final Event ACKNOWLEDGED = notification("subscriptions/acknowledged");
  private static final Event TOOLS = notification("tools/list_changed");
  private static final Event UPDATED = notification("resources/updated");

  private void assertListened() {
    assertThat(gateway.upstream.requests()).containsExactly(LISTEN);
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(record.upstream().kind()).isEqualTo(UpstreamOutcome.Kind.ANSWERED);
  }

  @Test
  void relaysWhatTheServerSaysByteForByteUntilItEndsWithoutAResult() {
    Event comment = new Event(": still here\n\n".getBytes(StandardCharsets.UTF_8), new byte[0]);
    gateway.upstream.answers(_ -> FakeReply.events(ACKNOWLEDGED, comment, TOOLS, UPDATED));

    RecordingClient told = gateway.modern().send(LISTEN);

    assertThat(told.said())
        .containsExactly(text(ACKNOWLEDGED), text(comment), text(TOOLS), text(UPDATED));
    assertThat(told.complete()).isTrue();
    assertListened();
  }

  @Test
  void endsWithTheResultOfTheServer() {
    Event result = FakeUpstream.event("event: message\n", ModernClient.result("\"7\"", "{ }"));
    gateway.upstream.answers(_ -> FakeReply.events(ACKNOWLEDGED, result, TOOLS));

    RecordingClient told = gateway.modern().send(LISTEN);

    assertThat(told.said()).containsExactly(text(ACKNOWLEDGED), text(result));
    assertThat(told.complete()).isTrue();
    assertListened();
  }

  @Test
  void passesTheErrorOfAServerThatHasNoStream() {
    String error = ModernClient.error("\"7\"", -32601, "Method not found");
    gateway.upstream.answers(_ -> FakeReply.of(404, error));

    RecordingClient told = gateway.modern().send(LISTEN);

    assertThat(told.status()).isEqualTo(404);
    assertThat(told.text()).isEqualTo(error);
  }

  @Test
  void saysWhatTheServerSaysAtOnce() {
    RecordingClient client = new RecordingClient();
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(ACKNOWLEDGED),
            () -> {
              client.awaitSaid(text(ACKNOWLEDGED));
              return Optional.empty();
            }));

    gateway.modern().send(LISTEN, client);

    assertThat(client.said()).containsExactly(text(ACKNOWLEDGED));
  }

  @Test
  void aStreamThatBreaksJustEnds() {
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(ACKNOWLEDGED),
            () -> {
              throw new UpstreamException(Reason.BROKEN, true, 0, "secret words");
            }));

    RecordingClient told = gateway.modern().send(LISTEN);

    assertThat(told.said()).containsExactly(text(ACKNOWLEDGED));
    assertThat(told.complete()).isTrue();
    assertThat(gateway.records.getFirst().upstream().kind())
        .isEqualTo(UpstreamOutcome.Kind.TRANSPORT_FAILED);
  }

  @Test
  void section65AClientThatLeavesClosesTheServersStream() {
    FakeReply.Stream stream = FakeReply.steps(() -> Optional.of(TOOLS));
    gateway.upstream.answers(_ -> stream);
    RecordingClient client = new RecordingClient();
    client.leaveAfter(2);

    gateway.modern().send(LISTEN, client);

    assertThat(stream.closed()).isTrue();
    assertThat(client.said()).containsExactly(text(TOOLS), text(TOOLS));
    assertThat(gateway.records.getFirst().upstream().kind())
        .isEqualTo(UpstreamOutcome.Kind.CANCELLED);
  }

  @Test
  void section17AServerAsksForNothingThere() {
    gateway.upstream.answers(_ ->
        FakeReply.events(
            FakeUpstream.event("{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"roots/list\"}"),
            FakeUpstream.event("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}"),
            UPDATED));

    assertThat(gateway.modern().send(LISTEN).said()).containsExactly(text(UPDATED));
  }

  @Test
  void section610TwoClientsListenUnderOneId() throws Exception {
    RecordingClient laptop = new RecordingClient();
    RecordingClient desktop = new RecordingClient();
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(ACKNOWLEDGED),
            () -> {
              laptop.awaitSaid(text(ACKNOWLEDGED));
              desktop.awaitSaid(text(ACKNOWLEDGED));
              return Optional.empty();
            }));
    Thread other =
        Thread.ofVirtual()
            .start(() -> new ModernClient(gateway, TestGateway.DESKTOP).send(LISTEN, desktop));

    gateway.modern().send(LISTEN, laptop);
    other.join();

    assertThat(laptop.said()).containsExactly(text(ACKNOWLEDGED));
    assertThat(desktop.said()).containsExactly(text(ACKNOWLEDGED));
    assertThat(gateway.upstream.lines()).isEqualTo(2);
  }
}
