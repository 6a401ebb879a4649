package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final MessageId ONE = MessageId.number(1);

  private static final class Line implements UpstreamSession {
    private int closed;

    @Override
    public UpstreamReply send(UpstreamMessage message) {
      return new UpstreamReply.Accepted();
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
      throw new UpstreamException(Reason.REFUSED, true, 405, "no stream");
    }

    @Override
    public boolean alive() {
      return closed == 0;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Reach TICKETS = nowhere("tickets");
  private static final Reach FILES = nowhere("files");

  /** Nobody is there; nobody has to be until a message is sent. */
  private static Reach nowhere(String server) {
    return new Reach(server, "digest", SessionsTest::unexpected, _ -> SessionsTest.unexpected());
  }

  private static UpstreamSession unexpected() {
    throw new IllegalStateException("nothing was sent");
  }

  private final Line line = new Line();
  @TempDir private Path data;
  private Instant now = NOON;

  private Sessions sessions(int most, Duration idle) throws IOException {
    return new Sessions(
        SessionSeal.open(data, new SecureRandom()),
        EndedSessions.open(data, () -> now),
        () -> now,
        new Sessions.Bounds(most, idle, idle));
  }

  private Session open(Sessions sessions) throws Exception {
    return open(sessions, TICKETS, line).orElseThrow();
  }

  private static Optional<Session> open(Sessions sessions, Reach reach, Line line)
      throws MalformedMessageException {
    return sessions.open("laptop", reach, Revision.newestLegacy(), line, initialize("{}"));
  }

  private static Message initialize(String clientInfo) throws MalformedMessageException {
    String json =
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
            + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":"
            + clientInfo
            + "}}";
    return StrictParser.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void belongsToItsGrantAndServer() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);

      assertThat(sessions.find(session.id(), "laptop", TICKETS)).containsSame(session);
      assertThat(sessions.find(session.id(), "desktop", TICKETS)).isEmpty();
      assertThat(sessions.find(session.id(), "laptop", FILES)).isEmpty();
      assertThat(sessions.find("nonsense", "laptop", TICKETS)).isEmpty();
    }
  }

  @Test
  void theNameTellsNothingOfTheId() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session first = open(sessions);
      Session second = open(sessions);

      assertThat(first.id()).hasSizeLessThan(250).isNotEqualTo(second.id());
      assertThat(first.name()).hasSize(16).isNotEqualTo(second.name());
      assertThat(first.id()).doesNotContain(first.name());
    }
  }

  @Test
  void opensNoMoreThanItMay() throws Exception {
    try (Sessions sessions = sessions(1, HOUR)) {
      Session first = open(sessions);

      assertThat(open(sessions, TICKETS, line)).isEmpty();

      sessions.end(first);
      assertThat(open(sessions, TICKETS, line)).isPresent();
    }
  }

  @Test
  void makesRoomByLettingGoOfWhatNobodyUses() throws Exception {
    try (Sessions sessions = sessions(1, Duration.ZERO)) {
      Session first = open(sessions);

      Session second = open(sessions);

      assertThat(sessions.size()).isEqualTo(1);
      assertThat(sessions.find(second.id(), "laptop", TICKETS)).containsSame(second);
      assertThat(line.closed).isEqualTo(1);
      assertThat(sessions.find(first.id(), "laptop", TICKETS)).isPresent();
    }
  }

  @Test
  void letsGoOfNothingThatIsInUse() throws Exception {
    try (Sessions sessions = sessions(10, Duration.ZERO)) {
      Session calling = open(sessions);
      Session listening = open(sessions);
      InFlight call = calling.begin(ONE).orElseThrow();
      listening.listenIfNobodyDoes();

      sessions.sweep();
      assertThat(sessions.size()).isEqualTo(2);

      calling.end(ONE, call);
      sessions.sweep();
      assertThat(sessions.size()).isEqualTo(1);
    }
  }

  @Test
  void letsGoOfAllOfOneServer() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);
      Session other = open(sessions, FILES, new Line()).orElseThrow();

      sessions.forgetAll("tickets");

      assertThat(sessions.size()).isEqualTo(1);
      assertThat(line.closed).isEqualTo(1);
      assertThat(sessions.find(other.id(), "laptop", FILES)).containsSame(other);
      assertThat(sessions.find(session.id(), "laptop", TICKETS)).isPresent();
    }
  }

  @Test
  void takesUpASessionAfterARestart() throws Exception {
    Session before;
    try (Sessions sessions = sessions(10, HOUR)) {
      before = open(sessions);
    }
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = sessions.find(before.id(), "laptop", TICKETS).orElseThrow();

      assertThat(session.name()).isEqualTo(before.name());
      assertThat(session.revision()).isEqualTo(before.revision());
      assertThat(sessions.find(before.id(), "laptop", TICKETS)).containsSame(session);
      assertThat(sessions.size()).isEqualTo(1);
    }
  }

  @Test
  void takesUpNothingForAnother() throws Exception {
    Session before;
    try (Sessions sessions = sessions(10, HOUR)) {
      before = open(sessions);
    }
    try (Sessions sessions = sessions(10, HOUR)) {
      assertThat(sessions.find(before.id(), "desktop", TICKETS)).isEmpty();
      assertThat(sessions.find(before.id(), "laptop", FILES)).isEmpty();
      assertThat(sessions.size()).isZero();
    }
  }

  @Test
  void whatWasEndedStaysSoAfterARestart() throws Exception {
    Session ended;
    try (Sessions sessions = sessions(10, HOUR)) {
      ended = open(sessions);
      sessions.end(ended);
      assertThat(sessions.find(ended.id(), "laptop", TICKETS)).isEmpty();
    }
    try (Sessions sessions = sessions(10, HOUR)) {
      assertThat(sessions.find(ended.id(), "laptop", TICKETS)).isEmpty();
    }
  }

  @Test
  void whatAnotherGatewayOnTheFolderEndedIsOver() throws Exception {
    try (Sessions here = sessions(10, HOUR);
        Sessions there = sessions(10, HOUR)) {
      Session session = open(here);
      Session same = there.find(session.id(), "laptop", TICKETS).orElseThrow();
      there.end(same);

      assertThat(there.find(session.id(), "laptop", TICKETS)).isEmpty();
      here.forgetAll("tickets");
      assertThat(here.find(session.id(), "laptop", TICKETS)).isEmpty();
    }
  }

  @Test
  void anIdExpiresInMemoryAndAfterARestart() throws Exception {
    Session session;
    try (Sessions sessions = sessions(10, HOUR)) {
      session = open(sessions);
      now = NOON.plus(Sessions.LONGEST).minusSeconds(1);
      assertThat(sessions.find(session.id(), "laptop", TICKETS)).containsSame(session);

      now = NOON.plus(Sessions.LONGEST);
      assertThat(sessions.find(session.id(), "laptop", TICKETS)).isEmpty();
      assertThat(line.closed).isEqualTo(1);
    }
    try (Sessions sessions = sessions(10, HOUR)) {
      assertThat(sessions.find(session.id(), "laptop", TICKETS)).isEmpty();
    }
  }

  @Test
  void anIdIsNeverTooLongForAHeader() throws Exception {
    Random random = new Random(7);
    StringBuilder noise = new StringBuilder();
    random.ints(5_000, '!', '~').filter(c -> c != '"' && c != '\\').forEach(noise::appendCodePoint);
    try (Sessions sessions = sessions(10, HOUR)) {
      Message initialize = initialize("{\"name\":\"n\",\"icons\":\"" + noise + "\"}");

      Session session =
          sessions.open("laptop", TICKETS, Revision.newestLegacy(), line, initialize).orElseThrow();

      assertThat(session.id()).hasSizeLessThan(250);
    }
  }

  @Test
  void endsOnce() throws Exception {
    Sessions sessions = sessions(10, HOUR);
    Session session = open(sessions);
    EventStream stream = session.listenIfNobodyDoes().orElseThrow();

    sessions.end(session);
    sessions.end(session);
    sessions.close();

    assertThat(line.closed).isEqualTo(1);
    assertThat(stream.next()).isEmpty();
  }

  @Test
  void anIdIsTakenUntilItsRequestEnds() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);

      InFlight first = session.begin(ONE).orElseThrow();
      assertThat(session.begin(ONE)).isEmpty();
      assertThat(session.begin(MessageId.text("1"))).isPresent();
      session.end(ONE, first);
      assertThat(session.begin(ONE)).isPresent();
      session.end(ONE, first); // is over, and ends nobody else's
      assertThat(session.begin(ONE)).isEmpty();
    }
  }

  @Test
  void cancellingInterruptsTheRequestOnly() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);
      InFlight request = session.begin(ONE).orElseThrow();

      session.cancel(MessageId.number(2));
      assertThat(request.cancelled()).isFalse();

      session.cancel(ONE);
      assertThat(request.cancelled()).isTrue();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();

      session.end(ONE, request);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      session.cancel(ONE);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void aQuestionOfTheServerIsAnsweredOnce() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);

      assertThat(session.answer(ONE)).isFalse();
      assertThat(session.ask(ONE)).isTrue();
      assertThat(session.ask(ONE)).isFalse();
      assertThat(session.answer(ONE)).isTrue();
      assertThat(session.answer(ONE)).isFalse();
    }
  }

  @Test
  void takesABoundedNumberOfQuestions() throws Exception {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);
      for (int id = 0; id < 1_000; id++) {
        assertThat(session.ask(MessageId.number(id))).isTrue();
      }

      assertThat(session.ask(MessageId.number(1_000))).isFalse();
    }
  }
}
