package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of 2026-07-28 over a pipe (wire facts, section 1.9): no headers, and nobody leaves. */
class PipedTest {
  private static final String PAY = "\"name\":\"pay\",\"arguments\":{\"region\":\"eu\"}";

  private final FakeRule rule = FakeRule.named("rule");
  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.local(data, TestGateway.policy(rule));
    gateway.knows(
        "pay", "{\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"}}}");
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private static String pay(String id) {
    return ModernClient.request(id, "tools/call", PAY);
  }

  private RecordingClient send(String body) {
    RecordingClient client = new RecordingClient();
    send(body, client);
    return client;
  }

  private void send(String body, RecordingClient client) {
    Optional<String> none = Optional.empty();
    gateway.post(
        new Arrival(
            "tickets",
            Arrival.Door.STDIO,
            new Arrival.Headers(none, none, none, none, none, none, none, none, true),
            body.getBytes(StandardCharsets.UTF_8),
            gateway.clock.instant()),
        client);
  }

  private Thread sending(String body, RecordingClient client) {
    return Thread.ofVirtual().start(() -> send(body, client));
  }

  private static String cancelled(String id, String meta) {
    return TestGateway.notification("notifications/cancelled", "{\"requestId\":" + id + meta + "}");
  }

  @Test
  void comparesNoHeadersAndWritesThem() {
    assertThat(send(pay("1")).text()).isEqualTo(ModernClient.result("1", "{}"));

    assertThat(gateway.upstream.requests()).containsExactly(pay("1"));
    assertThat(gateway.upstream.forwarded().getFirst().headers())
        .containsEntry("Mcp-Method", "tools/call")
        .containsEntry("Mcp-Name", "pay")
        .containsEntry("Mcp-Param-Region", "eu")
        .hasSize(3);
  }

  @Test
  void refusesWhatTheBodySaysWrongly() {
    RecordingClient told =
        send(
            ModernClient.request(
                "\"3\"", "tools/call", PAY, ModernClient.META.replace("2026-07-28", "2027-01-01")));

    assertThat(told.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"3\",\"error\":{\"code\":-32022,\"message\":"
                + "\"This protocol revision is not served here.\",\"data\":{\"supported\":"
                + "[\"2026-07-28\"],\"requested\":\"2027-01-01\"}}}");
    assertThat(send(ModernClient.request("4", "ping", "")).text())
        .isEqualTo(ModernClient.error("4", -32601, "The gateway does not know this method."));
    assertThat(gateway.upstream.texts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void section65ANotificationCancels(boolean saysWhatItSpeaks) throws Exception {
    CountDownLatch in = gateway.upstream.hangs();
    RecordingClient client = new RecordingClient();
    Thread call = sending(pay("\"1\""), client);
    in.await();

    RecordingClient other =
        send(cancelled("\"1\"", saysWhatItSpeaks ? "," + ModernClient.META : ""));
    call.join();

    assertThat(other.status()).isEqualTo(202);
    assertThat(client.text())
        .isEqualTo(ModernClient.error("\"1\"", -32800, "The client cancelled this request."));
    assertThat(client.interruptedWhenAnswered()).isFalse();
    assertThat(rule.settled).containsExactly(new Outcome.Cancelled());
    // The wait for the server has ended; that is what tells it.
    assertThat(gateway.upstream.texts()).containsExactly(pay("\"1\""));
    assertThat(gateway.records).hasSize(1);
    gateway.upstream.answersResult("{}");
    assertThat(send(pay("\"1\"")).text()).isEqualTo(ModernClient.result("\"1\"", "{}"));
  }

  @Test
  void section65ANotificationEndsAListenStream() throws Exception {
    FakeReply.Stream stream =
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event(": there\n", "")),
            () -> {
              new CountDownLatch(1).await();
              return Optional.empty();
            });
    gateway.upstream.answers(_ -> stream);
    RecordingClient client = new RecordingClient();
    Thread call =
        sending(ModernClient.request("1", "subscriptions/listen", "\"notifications\":{}"), client);
    client.awaitSaid(": there");

    send(cancelled("1", ""));
    call.join();

    assertThat(stream.closed()).isTrue();
    assertThat(client.lastMessage())
        .hasToString(ModernClient.error("1", -32800, "The client cancelled this request."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "\"1\"", "1.0", "null", "[1]"})
  void cancelsNothingElse(String other) throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch answers = new CountDownLatch(1);
    gateway.upstream.answers(message -> {
      in.countDown();
      answers.await();
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    RecordingClient client = new RecordingClient();
    Thread call = sending(pay("1"), client);
    in.await();

    assertThat(send(cancelled(other, "")).status()).isEqualTo(202);
    answers.countDown();
    call.join();

    assertThat(client.text()).isEqualTo(ModernClient.result("1", "{}"));
  }

  @Test
  void section59AnIdIsTakenWhileItsRequestIsOpen() throws Exception {
    CountDownLatch in = new CountDownLatch(2);
    CountDownLatch answers = new CountDownLatch(1);
    gateway.upstream.answers(message -> {
      in.countDown();
      answers.await();
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    RecordingClient number = new RecordingClient();
    RecordingClient text = new RecordingClient();
    Thread first = sending(pay("1"), number);
    Thread second = sending(pay("\"1\""), text);
    in.await();

    RecordingClient third = send(pay("1"));

    assertThat(third.status()).isEqualTo(400);
    assertThat(third.text())
        .isEqualTo(ModernClient.error("1", -32600, "A request of this id is still open."));
    assertThat(gateway.upstream.requests()).containsExactlyInAnyOrder(pay("1"), pay("\"1\""));
    answers.countDown();
    first.join();
    second.join();
    assertThat(number.text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(text.text()).isEqualTo(ModernClient.result("\"1\"", "{}"));
    assertThat(send(pay("1")).text()).isEqualTo(ModernClient.result("1", "{}"));
  }

  @Test
  void aRefusedRequestLeavesItsIdFree() {
    rule.denies("No.");
    assertThat(send(pay("1")).toolText()).isEqualTo("[POLICY DENIED] No.");
    assertThat(send(pay("1")).toolText()).isEqualTo("[POLICY DENIED] No.");
  }

  @Test
  void aPipeIsShownNoComments(@TempDir Path other) throws Exception {
    gateway.close();
    gateway = TestGateway.impatient(other, TestGateway.open(), true);
    gateway.knows("pay", "{}");
    // Another client, on whom the gateway's patience shows.
    RecordingClient impatient = new RecordingClient();
    gateway.upstream.answers(message -> {
      impatient.awaitSaid(":\n\n");
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    RecordingClient piped = new RecordingClient();
    Thread call = sending(pay("1"), piped);

    gateway
        .modern()
        .by(gateway.modern().knock().authorization(Optional.empty()))
        .send(ModernClient.request("1", "prompts/list", ""), impatient);
    call.join();

    assertThat(piped.said()).isEmpty();
    assertThat(piped.text()).isEqualTo(ModernClient.result("1", "{}"));
  }
}
