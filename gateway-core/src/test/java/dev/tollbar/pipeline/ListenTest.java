package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.policy.Policy.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says outside of calls. */
class ListenTest {
  private static final String CHANGED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

  private TestGateway gateway;
  private Knock session;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
    session = gateway.session();
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private RecordingClient listen(Knock knock) {
    RecordingClient client = new RecordingClient();
    listen(knock, client);
    return client;
  }

  private void listen(Knock knock, RecordingClient client) {
    try {
      gateway.gateway().listen(knock.with("", gateway.clock.instant()), client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void passesOnWhatTheServerSays() {
    FakeReply.Stream stream =
        FakeReply.events(FakeUpstream.event("id: 4\n", CHANGED), FakeUpstream.event("nonsense"));
    gateway.upstream.streams(_ -> stream);

    RecordingClient client = listen(session);

    assertThat(client.said())
        .filteredOn(event -> !event.startsWith(":"))
        .containsExactly("id: 4\ndata: " + CHANGED + "\n\n");
    assertThat(client.complete()).isTrue();
    assertThat(stream.closed()).isTrue();
    assertThat(gateway.records).isEmpty();
  }

  @Test
  void refusesAStrangersSession() {
    RecordingClient client =
        listen(session.authorization(Optional.of("Bearer " + TestGateway.DESKTOP)));

    assertThat(client.status()).isEqualTo(404);
    assertThat(listen(session.authorization(Optional.empty())).challenge()).contains("Bearer");
    assertThat(listen(session.host(Optional.of("attacker.example"))).status()).isEqualTo(403);
  }

  @Test
  void saysThatThereIsNoStream() {
    RecordingClient client = listen(session);

    assertThat(client.status()).isEqualTo(405);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":"
                + "\"The server offers no such stream.\"}}");
    assertThat(gateway.sessions.size()).isEqualTo(1);
  }

  @Test
  void endsASessionThatTheServerHasLost() {
    gateway.upstream.streams(_ -> {
      throw new UpstreamException(Reason.SESSION_LOST, true, 404, "gone");
    });

    assertThat(listen(session).status()).isEqualTo(404);
    assertThat(gateway.sessions.size()).isZero();
  }

  @Test
  void aStreamThatBreaksEnds() {
    gateway.upstream.streams(_ ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event(CHANGED)),
            () -> {
              throw new UpstreamException(Reason.BROKEN, true, 0, "secret words");
            }));

    RecordingClient client = listen(session);

    assertThat(client.said()).contains("data: " + CHANGED + "\n\n");
    assertThat(client.complete()).isTrue();
  }

  @Test
  void aSecondStreamTakesThePlaceOfTheFirst() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    Blocking blocking = new Blocking(first);
    gateway.upstream.streams(_ -> blocking);
    RecordingClient early = new RecordingClient();
    Thread listener = Thread.ofVirtual().start(() -> listen(session, early));
    first.await();

    gateway.upstream.streams(_ -> FakeReply.events(FakeUpstream.event(CHANGED)));
    RecordingClient late = listen(session);
    listener.join();

    assertThat(early.complete()).isTrue();
    assertThat(early.said()).noneMatch(event -> event.contains("list_changed"));
    assertThat(late.said()).contains("data: " + CHANGED + "\n\n");
  }

  /** Says nothing until it is closed. */
  private static final class Blocking implements EventStream {
    private final CountDownLatch reading;
    private final CountDownLatch closed = new CountDownLatch(1);

    Blocking(CountDownLatch reading) {
      this.reading = reading;
    }

    @Override
    public Optional<Event> next() throws InterruptedException {
      reading.countDown();
      closed.await();
      return Optional.empty();
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void eachEventIsJudgedByThePolicyOfItsTime() {
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    String again = asked.replace("s1", "s2");
    gateway.upstream.streams(_ ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event(asked)),
            () -> {
              gateway.live.replace(
                  gateway.revision("r2", TestGateway.refusing(ServerRequest.ROOTS), () -> {}));
              return Optional.of(FakeUpstream.event(again));
            },
            Optional::empty));

    RecordingClient client = listen(session);

    assertThat(client.said()).contains("data: " + asked + "\n\n");
    assertThat(client.said()).noneMatch(event -> event.contains("s2"));
  }

  @Test
  void passesOnTheAnswerOfACallWhoseOwnStreamBrokeOffAndNoOther() {
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", "")));
    gateway.post(session, TestGateway.pay(1));
    String answer = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
    String unasked = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}";
    gateway.upstream.streams(_ ->
        FakeReply.events(
            FakeUpstream.event(unasked), FakeUpstream.event(answer), FakeUpstream.event(answer)));

    assertThat(listen(session).said())
        .filteredOn(event -> !event.startsWith(":"))
        .containsExactly("data: " + answer + "\n\n");
  }

  @Test
  void aListIsNotLeftToAStreamThatPassesItUnfiltered() {
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", "")));

    RecordingClient client = gateway.post(session, TestGateway.request(1, "tools/list", "{}"));

    assertThat(client.lastMessage().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway broke off before it answered.");
  }
}
