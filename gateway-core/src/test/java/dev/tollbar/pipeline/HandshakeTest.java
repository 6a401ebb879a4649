package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamException.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code initialize} opens a session, or leaves nothing behind. */
class HandshakeTest {
  private static final Knock KNOCK = Knock.as(TestGateway.LAPTOP);

  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void forwardsARevisionThatIsServedAsItCame() {
    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-06-18"));

    assertThat(gateway.upstream.texts()).containsExactly(TestGateway.initialize("2025-06-18"));
    assertThat(gateway.upstream.forwarded().getFirst().protocolRevision()).isEmpty();
    assertThat(client.session()).matches("[A-Za-z0-9_-]{100,250}");
    assertThat(gateway.sessions.size()).isEqualTo(1);
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void asksForItsNewestInPlaceOfARevisionThatIsNotServed() {
    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2099-12-31"));

    assertThat(gateway.upstream.texts()).containsExactly(TestGateway.initialize("2025-11-25"));
    assertThat(client.json().path("result").path("protocolVersion").asText())
        .isEqualTo("2025-11-25");
  }

  @Test
  void speaksTheRevisionThatTheServerChose() {
    gateway.upstream.handshakes(
        message -> FakeReply.of(FakeUpstream.initialized(message, "2025-03-26")));
    String id = gateway.post(KNOCK, TestGateway.initialize("2025-11-25")).session();

    gateway.post(KNOCK.in(id), TestGateway.pay(1));
    RecordingClient tasks =
        gateway.post(KNOCK.in(id), TestGateway.request(2, "tasks/get", "{\"taskId\":\"t\"}"));

    assertThat(gateway.upstream.forwarded().getLast().protocolRevision()).contains("2025-03-26");
    assertThat(tasks.error()).isEqualTo(-32601);
  }

  @Test
  void answersFromAStream() {
    String log = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}";
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sampling/createMessage\"}";
    gateway.upstream.handshakes(message ->
        FakeReply.events(
            FakeUpstream.event(asked),
            FakeUpstream.event(log),
            FakeUpstream.event(FakeUpstream.initialized(message, "2025-11-25"))));

    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-11-25"));

    assertThat(client.hasSession()).isTrue();
    assertThat(client.said()).hasSize(2);
    assertThat(client.said().getFirst()).isEqualTo("data: " + log + "\n\n");
  }

  @Test
  void anErrorOpensNoSession() {
    gateway.upstream.handshakes(message -> FakeReply.of(FakeUpstream.error(message, -32602)));

    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-11-25"));

    assertThat(client.error()).isEqualTo(-32602);
    assertNothingIsLeft(client);
  }

  @Test
  void aServerThatCannotBeReachedOpensNoSession() {
    gateway.upstream.handshakes(FakeUpstream.failing(Reason.UNREACHABLE, false));

    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-11-25"));

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-31003,\"message\":"
                + "\"The server behind the gateway cannot be reached.\"}}");
    assertNothingIsLeft(client);
  }

  @Test
  void aServerThatChoosesAnUnknownRevisionOpensNoSession() {
    gateway.upstream.handshakes(
        message -> FakeReply.of(FakeUpstream.initialized(message, "2099-12-31")));

    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-11-25"));

    assertThat(client.error()).isEqualTo(-31003);
    assertNothingIsLeft(client);
  }

  @Test
  void aStreamThatEndsWithoutAnAnswerOpensNoSession() {
    gateway.upstream.handshakes(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", "")));

    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-11-25"));

    assertThat(client.error()).isEqualTo(-31003);
    assertNothingIsLeft(client);
  }

  @Test
  void opensNoMoreSessionsThanThereIsRoomFor() {
    for (int i = 0; i < 100; i++) {
      gateway.session();
    }

    RecordingClient client = gateway.post(KNOCK, TestGateway.initialize("2025-11-25"));

    assertThat(client.error()).isEqualTo(-31003);
    assertThat(client.hasSession()).isFalse();
    assertThat(gateway.upstream.lastLine().alive()).isFalse();
    assertThat(gateway.sessions.size()).isEqualTo(100);
  }

  private void assertNothingIsLeft(RecordingClient client) {
    assertThat(client.hasSession()).isFalse();
    assertThat(gateway.sessions.size()).isZero();
    assertThat(gateway.upstream.lastLine().alive()).isFalse();
    assertThat(gateway.records).hasSize(1);
  }
}
