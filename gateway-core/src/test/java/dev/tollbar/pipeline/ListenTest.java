package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.policy.Policy.ServerRequest;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says outside of calls. */
class ListenTest {
  private static final String CHANGED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

  private static final String INITIALIZED =
      TestGateway.notification("notifications/initialized", "{}");

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

  /** Listens until the gateway refuses or is closed. */
  private RecordingClient refused(Knock knock) throws InterruptedException {
    RecordingClient client = new RecordingClient();
    gateway.listen(knock, client).join();
    return client;
  }

  private RecordingClient heard(Knock knock, String last) throws InterruptedException {
    RecordingClient client = new RecordingClient();
    Thread listener = gateway.listen(knock, client);
    client.awaitSaid(last);
    gateway.close();
    listener.join();
    assertThat(client.complete()).isTrue();
    return client;
  }

  private static String changed(int number) {
    return CHANGED.replace("}", ",\"params\":{\"n\":" + number + "}}");
  }

  @Test
  void passesOnWhatTheServerSays() throws Exception {
    FakeStream stream =
        new FakeStream()
            .says(FakeUpstream.event("id: 4\n", CHANGED))
            .says("nonsense")
            .says(changed(2));
    gateway.upstream.streams(_ -> stream);

    RecordingClient client = heard(session, changed(2));

    assertThat(client.messages())
        .containsExactly("id: 4\ndata: " + CHANGED + "\n\n", "data: " + changed(2) + "\n\n");
    stream.awaitClosed();
    assertThat(gateway.records).isEmpty();
  }

  @Test
  void keepsWhatTheServerSaysBeforeTheClientListens() throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    gateway.upstream.streams(_ ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event(changed(1))),
            () -> Optional.of(FakeUpstream.event(changed(2))),
            () -> {
              said.countDown();
              new CountDownLatch(1).await();
              return Optional.empty();
            }));

    gateway.post(session, INITIALIZED);
    said.await();

    assertThat(heard(session, changed(2)).messages())
        .containsExactly("data: " + changed(1) + "\n\n", "data: " + changed(2) + "\n\n");
  }

  @Test
  void opensTheStreamAtTheServerOnceTheClientIsReady() throws Exception {
    CountDownLatch opened = new CountDownLatch(1);
    gateway.upstream.streams(_ -> {
      opened.countDown();
      return new FakeStream();
    });

    gateway.post(session, TestGateway.pay(1));
    assertThat(opened.getCount()).isEqualTo(1);

    gateway.post(session, INITIALIZED);
    opened.await();
  }

  @Test
  void refusesAStrangersSession() throws Exception {
    RecordingClient client =
        refused(session.authorization(Optional.of("Bearer " + TestGateway.DESKTOP)));

    assertThat(client.status()).isEqualTo(404);
    assertThat(refused(session.authorization(Optional.empty())).challenge()).contains("Bearer");
    assertThat(refused(session.host(Optional.of("attacker.example"))).status()).isEqualTo(403);
  }

  @Test
  void saysThatThereIsNoStream() throws Exception {
    RecordingClient client = refused(session);

    assertThat(client.status()).isEqualTo(405);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":"
                + "\"The server offers no such stream.\"}}");
    assertThat(gateway.sessions.size()).isEqualTo(1);
  }

  @Test
  void asksAnewWhenTheClientDoes() throws Exception {
    assertThat(refused(session).status()).isEqualTo(405);
    gateway.upstream.streams(_ -> new FakeStream().says(CHANGED));

    assertThat(heard(session, CHANGED).status()).isEqualTo(200);
  }

  @Test
  void initialisesAnewASessionThatTheServerHasLost() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();
    gateway.upstream.streams(_ -> {
      if (!lost.getAndSet(true)) {
        throw new UpstreamException(Reason.SESSION_LOST, true, 404, "gone");
      }
      return new FakeStream().says(CHANGED);
    });

    heard(session, CHANGED);

    assertThat(gateway.upstream.lines()).isEqualTo(2);
  }

  @Test
  void opensAStreamThatEndedAgainWhereItWas() throws Exception {
    Deque<FakeStream> streams = new ArrayDeque<>();
    streams.add(new FakeStream().says(FakeUpstream.event("retry: 1\nid: e7\n", changed(1))).ends());
    streams.add(new FakeStream().says(changed(2)));
    gateway.upstream.streams(_ -> streams.remove());

    RecordingClient client = heard(session, changed(2));

    assertThat(client.messages()).hasSize(2);
    assertThat(gateway.upstream.listened()).containsExactly("", "e7");
  }

  @Test
  void opensAStreamThatBrokeAgain() throws Exception {
    Deque<EventStream> streams = new ArrayDeque<>();
    streams.add(
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event("retry: 1\n", changed(1))),
            () -> {
              throw new UpstreamException(Reason.BROKEN, true, 0, "secret words");
            }));
    streams.add(new FakeStream().says(changed(2)));
    gateway.upstream.streams(_ -> streams.remove());

    assertThat(heard(session, changed(2)).messages()).hasSize(2);
  }

  @Test
  void aSecondStreamTakesThePlaceOfTheFirst() throws Exception {
    FakeStream stream = new FakeStream().says(changed(1));
    gateway.upstream.streams(_ -> stream);
    RecordingClient early = new RecordingClient();
    Thread listener = gateway.listen(session, early);
    early.awaitSaid(changed(1));

    RecordingClient late = new RecordingClient();
    gateway.listen(session, late);
    listener.join();
    assertThat(early.complete()).isTrue();

    stream.says(changed(2));
    late.awaitSaid(changed(2));
    assertThat(early.messages()).hasSize(1);
    assertThat(late.messages()).hasSize(1);
    assertThat(gateway.upstream.listened()).hasSize(1);
  }

  @Test
  void whatAClientThatLeftDidNotGetIsKeptForIt() throws Exception {
    FakeStream stream = new FakeStream();
    gateway.upstream.streams(_ -> stream);
    RecordingClient leaving = new RecordingClient();
    leaving.leaveAfter(1); // the comment by which the stream begins
    Thread listener = gateway.listen(session, leaving);
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    stream.says(asked);
    listener.join();

    RecordingClient back = heard(session, asked);

    assertThat(back.messages()).containsExactly("data: " + asked + "\n\n");
  }

  @Test
  void eachEventIsJudgedByThePolicyOfItsTime() throws Exception {
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    FakeStream stream = new FakeStream().says(asked);
    gateway.upstream.streams(_ -> stream);
    RecordingClient client = new RecordingClient();
    gateway.listen(session, client);
    client.awaitSaid(asked);

    gateway.live.replace(
        gateway.revision("r2", TestGateway.refusing(ServerRequest.ROOTS), () -> {}));
    stream.says(asked.replace("s1", "s2")).says(CHANGED);
    client.awaitSaid(CHANGED);

    assertThat(client.said()).noneMatch(event -> event.contains("s2"));
  }

  @Test
  void goesOnWithAStreamThatTheClientLostAndKeepsTheStandingOne() throws Exception {
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", "")));
    gateway.post(session, TestGateway.pay(1));
    String answer = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
    String unasked = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}";
    FakeStream standing = new FakeStream();
    FakeStream lost = new FakeStream();
    gateway.upstream.streams(from -> from.isPresent() ? lost : standing);

    RecordingClient client = new RecordingClient();
    Thread listener = gateway.listen(session.lastEventId("1"), client);
    standing.says(CHANGED);
    client.awaitSaid(CHANGED);
    lost.says(unasked).says(answer).says(answer).ends();
    listener.join();

    assertThat(client.messages())
        .containsExactly("data: " + CHANGED + "\n\n", "data: " + answer + "\n\n");
    assertThat(client.complete()).isTrue();
    lost.awaitClosed();
    assertThat(gateway.upstream.listened()).containsExactlyInAnyOrder("1", "");
  }

  @Test
  void aClientThatLostAStreamWhichTheServerDoesNotGoOnWithHearsWhatItHasNotHeard()
      throws Exception {
    FakeStream standing = new FakeStream().says(CHANGED);
    gateway.upstream.streams(from -> {
      if (from.isPresent()) {
        throw new UpstreamException(Reason.REFUSED, true, 409, "secret words");
      }
      return standing;
    });

    assertThat(heard(session.lastEventId("7"), CHANGED).messages()).hasSize(1);
  }

  @Test
  void asksAClientThatDoesNotListenOnTheStreamOfItsCall() throws Exception {
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    String answer = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":{\"roots\":[]}}";
    FakeStream standing = new FakeStream();
    CountDownLatch answered = new CountDownLatch(1);
    gateway.upstream.streams(_ -> standing);
    gateway.upstream.hears(message -> {
      if (message.kind() == Kind.RESPONSE) {
        answered.countDown();
      }
      return new UpstreamReply.Accepted();
    });
    gateway.upstream.answers(message -> {
      standing.says(asked);
      return FakeReply.steps(() -> {
        answered.await();
        return Optional.of(FakeUpstream.event(FakeUpstream.result(message, "{}")));
      });
    });
    gateway.post(session, INITIALIZED);
    RecordingClient client = new RecordingClient();
    Thread call = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), client));

    client.awaitSaid(asked);
    assertThat(gateway.post(session, answer).status()).isEqualTo(202);
    call.join();

    assertThat(gateway.upstream.texts()).last().isEqualTo(answer);
    assertThat(client.lastMessage().path("id").asInt()).isEqualTo(1);
  }

  @Test
  void asksAClientThatListensNowhereElse() throws Exception {
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    FakeStream standing = new FakeStream();
    gateway.upstream.streams(_ -> standing);
    RecordingClient listening = new RecordingClient();
    gateway.listen(session, listening);
    CountDownLatch goOn = new CountDownLatch(1);
    gateway.upstream.answers(message -> {
      standing.says(asked);
      return FakeReply.steps(() -> {
        goOn.await();
        return Optional.of(FakeUpstream.event(FakeUpstream.result(message, "{}")));
      });
    });
    RecordingClient client = new RecordingClient();
    Thread call = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), client));

    listening.awaitSaid(asked);
    goOn.countDown();
    call.join();

    assertThat(client.messages()).hasSize(1);
  }

  @Test
  void aListIsNotLeftToAStreamThatPassesItUnfiltered() {
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", "")));

    RecordingClient client = gateway.post(session, TestGateway.request(1, "tools/list", "{}"));

    assertThat(client.lastMessage().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway broke off before it answered.");
  }
}
