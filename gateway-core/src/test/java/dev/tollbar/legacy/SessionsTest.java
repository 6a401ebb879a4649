package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Revision;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final MessageId ONE = MessageId.number(1);

  private static final class Line implements UpstreamSession {
    private boolean alive = true;
    private int closed;

    @Override
    public UpstreamReply send(UpstreamMessage message) {
      return new UpstreamReply.Accepted();
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) {
      return new Stream();
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private static final class Stream implements EventStream {
    private int closed;

    @Override
    public Optional<Event> next() {
      return Optional.empty();
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private final Line line = new Line();

  private static Sessions sessions(int most, Duration idle) {
    return new Sessions(new SecureRandom(), most, idle);
  }

  private Session open(Sessions sessions) {
    return sessions.open("laptop", "tickets", Revision.newestLegacy(), line).orElseThrow();
  }

  @Test
  void belongsToItsGrantAndServer() {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);

      assertThat(sessions.find(session.id(), "laptop", "tickets")).containsSame(session);
      assertThat(sessions.find(session.id(), "desktop", "tickets")).isEmpty();
      assertThat(sessions.find(session.id(), "laptop", "files")).isEmpty();
      assertThat(sessions.find("nonsense", "laptop", "tickets")).isEmpty();
    }
  }

  @Test
  void theNameTellsNothingOfTheId() {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session first = open(sessions);
      Session second = open(sessions);

      assertThat(first.id()).hasSize(32).isNotEqualTo(second.id());
      assertThat(first.name()).hasSize(16).isNotEqualTo(second.name());
      assertThat(first.id()).doesNotContain(first.name());
    }
  }

  @Test
  void opensNoMoreThanItMay() {
    try (Sessions sessions = sessions(1, HOUR)) {
      Session first = open(sessions);

      assertThat(sessions.open("laptop", "tickets", Revision.newestLegacy(), line)).isEmpty();

      sessions.end(first);
      assertThat(sessions.open("laptop", "tickets", Revision.newestLegacy(), line)).isPresent();
    }
  }

  @Test
  void makesRoomByEndingWhatNobodyUses() {
    try (Sessions sessions = sessions(1, Duration.ZERO)) {
      Session first = open(sessions);

      Session second = open(sessions);

      assertThat(sessions.find(first.id(), "laptop", "tickets")).isEmpty();
      assertThat(sessions.find(second.id(), "laptop", "tickets")).isPresent();
      assertThat(line.closed).isEqualTo(1);
    }
  }

  @Test
  void sweepsNothingThatIsInUse() {
    try (Sessions sessions = sessions(10, Duration.ZERO)) {
      Session calling = open(sessions);
      Session listening = open(sessions);
      calling.begin(ONE);
      listening.listen(new Stream());

      sessions.sweep();
      assertThat(sessions.size()).isEqualTo(2);

      calling.end(ONE);
      sessions.sweep();
      assertThat(sessions.size()).isEqualTo(1);
    }
  }

  @Test
  void sweepsWhatHasLostItsServer() {
    try (Sessions sessions = sessions(10, HOUR)) {
      open(sessions);
      sessions.sweep();
      assertThat(sessions.size()).isEqualTo(1);

      line.alive = false;
      sessions.sweep();
      assertThat(sessions.size()).isZero();
    }
  }

  @Test
  void endsAllOfOneServer() {
    try (Sessions sessions = sessions(10, HOUR)) {
      open(sessions);
      Session other =
          sessions.open("laptop", "files", Revision.newestLegacy(), new Line()).orElseThrow();

      sessions.endAll("tickets");

      assertThat(sessions.size()).isEqualTo(1);
      assertThat(sessions.find(other.id(), "laptop", "files")).isPresent();
    }
  }

  @Test
  void endsOnce() {
    Sessions sessions = sessions(10, HOUR);
    Session session = open(sessions);
    Stream stream = new Stream();
    session.listen(stream);

    sessions.end(session);
    sessions.end(session);
    sessions.close();

    assertThat(line.closed).isEqualTo(1);
    assertThat(stream.closed).isEqualTo(1);
  }

  @Test
  void anIdIsTakenUntilItsRequestEnds() {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);

      assertThat(session.begin(ONE)).isPresent();
      assertThat(session.begin(ONE)).isEmpty();
      assertThat(session.begin(MessageId.text("1"))).isPresent();
      session.end(ONE);
      assertThat(session.begin(ONE)).isPresent();
    }
  }

  @Test
  void cancellingInterruptsTheRequestOnly() {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);
      InFlight request = session.begin(ONE).orElseThrow();

      session.cancel(MessageId.number(2));
      assertThat(request.cancelled()).isFalse();

      session.cancel(ONE);
      assertThat(request.cancelled()).isTrue();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();

      session.end(ONE);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      session.cancel(ONE);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void aQuestionOfTheServerIsAnsweredOnce() {
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
  void takesABoundedNumberOfQuestions() {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);
      for (int id = 0; id < 1_000; id++) {
        assertThat(session.ask(MessageId.number(id))).isTrue();
      }

      assertThat(session.ask(MessageId.number(1_000))).isFalse();
    }
  }

  @Test
  void aNewStreamEndsTheOneBefore() {
    try (Sessions sessions = sessions(10, HOUR)) {
      Session session = open(sessions);
      Stream first = new Stream();
      Stream second = new Stream();

      session.listen(first);
      session.listen(second);
      assertThat(first.closed).isEqualTo(1);

      session.unlisten(first);
      assertThat(second.closed).isZero();
    }
  }
}
