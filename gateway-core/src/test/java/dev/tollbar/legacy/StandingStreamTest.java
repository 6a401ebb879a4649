package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.pipeline.FakeStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stream to the server that is open whether the client listens or not. */
class StandingStreamTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(1);

  /** One attempt to open the stream: what it asked for, and what it is answered. */
  private static final class Attempt {
    private final Optional<String> lastEventId;
    private final LinkedBlockingQueue<Object> answer = new LinkedBlockingQueue<>();

    private Attempt(Optional<String> lastEventId) {
      this.lastEventId = lastEventId;
    }

    private FakeStream opens() {
      FakeStream stream = new FakeStream();
      answer.add(stream);
      return stream;
    }

    private void fails(Reason reason, int status) {
      answer.add(new UpstreamException(reason, true, status, "secret words"));
    }
  }

  private final LinkedBlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Event> heard = new LinkedBlockingQueue<>();
  private StandingStream stream = standing(SHORT);

  private StandingStream standing(Duration pause) {
    return new StandingStream(
        "tickets", this::open, heard::add, new StandingStream.Pauses(pause, pause));
  }

  private EventStream open(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    Attempt attempt = new Attempt(lastEventId);
    attempts.add(attempt);
    Object answer = attempt.answer.take();
    if (answer instanceof UpstreamException e) {
      throw e;
    }
    return (EventStream) answer;
  }

  private static Event event(String fields) {
    return new Event(
        (fields + "data: {}\n\n").getBytes(StandardCharsets.UTF_8),
        "{}".getBytes(StandardCharsets.UTF_8));
  }

  private StandingStream.Offer offer() throws InterruptedException {
    return stream.offer(LONG);
  }

  @AfterEach
  void close() {
    stream.close();
  }

  @Test
  void opensOnce() throws Exception {
    stream.open();
    stream.open();
    attempts.take().opens().says(event("id: 1\n"));

    assertThat(heard.take().data()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
    assertThat(offer()).isEqualTo(StandingStream.Offer.GIVEN);
    assertThat(attempts).isEmpty();
  }

  @Test
  void goesOnAfterTheLastEvent() throws Exception {
    stream.open();
    attempts.take().opens().says(event("id: a\n")).says(event("id:b\r\n")).says(event("")).ends();

    Attempt second = attempts.take();
    assertThat(second.lastEventId).contains("b");
    second.opens().says(event("")).ends();
    assertThat(attempts.take().lastEventId).contains("b");
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED, 405, REFUSED",
    "REFUSED, 400, REFUSED",
    "REFUSED, 501, REFUSED",
    "REFUSED, 0, REFUSED",
    "MALFORMED, 200, REFUSED",
    "SESSION_LOST, 0, OVER",
    "REFUSED, 409, GIVEN",
    "REFUSED, 429, GIVEN",
    "REFUSED, 503, GIVEN",
    "UNREACHABLE, 0, GIVEN",
    "TIMEOUT, 0, GIVEN",
  })
  void knowsWhatAFailureMeans(Reason reason, int status, StandingStream.Offer offer)
      throws Exception {
    stream = standing(LONG);
    stream.open();
    attempts.take().fails(reason, status);

    assertThat(offer()).isEqualTo(offer);
  }

  @Test
  void triesAgainWhatMayWorkLater() throws Exception {
    stream.open();
    attempts.take().fails(Reason.UNREACHABLE, 0);
    attempts.take().fails(Reason.REFUSED, 409);
    attempts.take().opens().says(event(""));

    heard.take();
  }

  @Test
  void asksARefusingServerAnewOnlyWhenTheClientDoes() throws Exception {
    stream.open();
    attempts.take().fails(Reason.REFUSED, 405);
    assertThat(offer()).isEqualTo(StandingStream.Offer.REFUSED);
    stream.wake();
    assertThat(attempts).isEmpty();

    stream.open();
    attempts.take().opens();
    assertThat(offer()).isEqualTo(StandingStream.Offer.GIVEN);
  }

  @Test
  void aSessionThatIsOverStaysSo() throws Exception {
    stream.open();
    attempts.take().fails(Reason.SESSION_LOST, 0);
    assertThat(offer()).isEqualTo(StandingStream.Offer.OVER);

    stream.open();
    assertThat(offer()).isEqualTo(StandingStream.Offer.OVER);
    assertThat(attempts).isEmpty();
  }

  @Test
  void restsUntilItIsWoken() throws Exception {
    stream.open();
    FakeStream first = attempts.take().opens().says(event("id: 7\n"));
    heard.take();
    stream.rest();
    first.awaitClosed();
    assertThat(attempts).isEmpty();

    stream.wake();
    assertThat(attempts.take().lastEventId).contains("7");
  }

  @Test
  void followsTheLineToAnotherServerWithoutDelay() throws Exception {
    stream = standing(LONG);
    stream.open();
    FakeStream first = attempts.take().opens().says(event("id: 7\n"));
    heard.take();

    stream.follow();

    first.awaitClosed();
    assertThat(attempts.take().lastEventId).isEmpty();
  }

  @Test
  void followsALineEvenAfterARefusal() throws Exception {
    stream = standing(LONG);
    stream.open();
    attempts.take().fails(Reason.REFUSED, 405);
    offer();

    stream.follow();

    attempts.take().opens();
    assertThat(offer()).isEqualTo(StandingStream.Offer.GIVEN);
  }

  @Test
  void aRefusalOfTheFormerServerSaysNothingOfTheNext() throws Exception {
    stream = standing(LONG);
    stream.open();
    Attempt former = attempts.take();
    stream.follow();
    former.fails(Reason.REFUSED, 405);
    Attempt next = attempts.take();
    stream.open();
    next.opens();

    assertThat(offer()).isEqualTo(StandingStream.Offer.GIVEN);
  }

  @Test
  void waitsAsLongAsTheServerAsks() throws Exception {
    stream = standing(LONG);
    stream.open();
    attempts.take().opens().says(event("retry: 1\n")).ends();

    attempts.take();
  }

  @Test
  void isOverOnceItIsClosed() throws Exception {
    stream.open();
    FakeStream first = attempts.take().opens();
    assertThat(offer()).isEqualTo(StandingStream.Offer.GIVEN);
    stream.close();
    first.awaitClosed();
    stream.open();
    stream.follow();

    assertThat(offer()).isEqualTo(StandingStream.Offer.OVER);
    assertThat(attempts).isEmpty();
  }
}
