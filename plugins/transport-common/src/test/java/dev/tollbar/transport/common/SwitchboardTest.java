package dev.tollbar.transport.common;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What no test of a transport shows; how messages are sorted is shown there. */
@Timeout(60)
class SwitchboardTest {
  private final Switchboard switchboard =
      new Switchboard(Duration.ofSeconds(30), LoggerFactory.getLogger("test"));

  @Test
  void whatCameBeforeARefusalIsReadFirst() throws Exception {
    Switchboard.Call call = open(1);
    deliver("{\"method\":\"notifications/message\"}");
    call.giveUp(new UpstreamException(Reason.REFUSED, true, 500, "refused"));
    try (UpstreamReply.Events reply = (UpstreamReply.Events) CallReply.of(call).orElseThrow()) {
      assertThat(reply.next()).isPresent();
      assertFails(reply::next, Reason.REFUSED, true, "refused");
    }
    // The id is free again.
    open(1);
  }

  @Test
  void aResponseThatIsThereIsNotRefusedAnyMore() throws Exception {
    Switchboard.Call call = open(1);
    deliver("{\"id\":1,\"result\":{}}");
    call.giveUp(new UpstreamException(Reason.REFUSED, true, 500, "refused"));
    try (UpstreamReply.Single reply = (UpstreamReply.Single) CallReply.of(call).orElseThrow()) {
      assertThat(reply.body()).hasContent("{\"id\":1,\"result\":{}}");
      assertThat(reply.length()).hasValue(20);
    }
  }

  @Test
  void nobodyKnowsWhichOfSeveralCallsAnUnreadableMessageIsFor() throws Exception {
    Switchboard.Call first = open(1);
    Switchboard.Call second = open(2);
    switchboard.malformed(new UpstreamException(Reason.MALFORMED, true, 0, "unreadable"));
    deliver("{\"id\":1,\"result\":{}}");
    assertThat(CallReply.of(first)).isPresent();
    switchboard.malformed(new UpstreamException(Reason.MALFORMED, true, 0, "unreadable"));
    assertFails(() -> CallReply.of(second), Reason.MALFORMED, true, "unreadable");
  }

  @Test
  void newsOfTheServerIsForWhoeverListensThoughACallIsOpen() throws Exception {
    Switchboard.Call call = open(1);
    EventStream listening = switchboard.listen();
    deliver("{\"method\":\"notifications/tools/list_changed\"}");
    deliver("{\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\"a:b\"}}");
    deliver("{\"method\":\"notifications/message\"}");
    deliver("{\"id\":1,\"result\":{}}");

    assertThat(listening.next().orElseThrow().data())
        .asString(UTF_8)
        .isEqualTo("{\"method\":\"notifications/tools/list_changed\"}");
    assertThat(listening.next().orElseThrow().data()).asString(UTF_8).contains("resources/updated");
    assertThat(call.next().orElseThrow().json())
        .asString(UTF_8)
        .isEqualTo("{\"method\":\"notifications/message\"}");
    assertThat(call.next().orElseThrow().last()).isTrue();
  }

  @Test
  void newsGoesToTheYoungestCallWhereNobodyListens() throws Exception {
    Switchboard.Call call = open(1);
    deliver("{\"method\":\"notifications/tools/list_changed\"}");

    assertThat(call.next().orElseThrow().json()).asString(UTF_8).contains("list_changed");
  }

  @Test
  void theFirstEndCountsForCallsThatWaitAndForThoseThatCome() throws Exception {
    Switchboard.Call call = open(1);
    EventStream listening = switchboard.listen();
    switchboard.end(new UpstreamException(Reason.BROKEN, true, 0, "it broke"), Reason.SESSION_LOST);
    switchboard.end(new UpstreamException(Reason.TIMEOUT, true, 0, "again"), Reason.TIMEOUT);
    assertFails(call::next, Reason.BROKEN, true, "it broke");
    assertFails(() -> open(2), Reason.SESSION_LOST, false, "it broke");
    assertThat(listening.next()).isEmpty();
    assertThat(switchboard.inUse()).isFalse();
  }

  @Test
  void everyCallThatTheServerSaysNothingToFailsAndLaterOnesDoToo() throws Exception {
    Switchboard impatient =
        new Switchboard(Duration.ofMillis(100), LoggerFactory.getLogger("test"));
    for (boolean afterwards : List.of(false, true, true)) {
      while (afterwards && impatient.watched()) {
        Thread.onSpinWait(); // until whoever looked for the last calls has gone
      }
      try (Switchboard.Call one = impatient.open(MessageId.number(1), Optional.empty());
          Switchboard.Call other = impatient.open(MessageId.number(2), Optional.empty())) {
        assertFails(one::next, Reason.TIMEOUT, true, "the server said nothing for 100 ms");
        assertFails(other::next, Reason.TIMEOUT, true, "the server said nothing for 100 ms");
      }
      assertThat(impatient.inUse()).isFalse();
    }
  }

  @Test
  void whileTheServerWaitsForAnAnswerNoCallIsTooLate() throws Exception {
    Switchboard impatient =
        new Switchboard(Duration.ofMillis(100), LoggerFactory.getLogger("test"));
    byte[] question = "{\"id\":\"q\",\"method\":\"roots/list\"}".getBytes(UTF_8);
    try (Switchboard.Call call = impatient.open(MessageId.number(1), Optional.empty());
        ExecutorService caller = Executors.newSingleThreadExecutor()) {
      impatient.deliver(question, ServerMessage.read(question).orElseThrow());
      assertThat(call.next()).isPresent();
      Future<?> late = caller.submit(call::next);
      assertThatThrownBy(() -> late.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      impatient.answered(MessageId.text("q"));
      assertThatThrownBy(late::get).hasRootCauseMessage("the server said nothing for 100 ms");
    }
  }

  @Test
  void whereAllHoldMuchACallTakesOneMessageAndTheNextWhenThatIsRead() throws Exception {
    Held held = new Held(10);
    Switchboard other = with(held);
    Switchboard crowded = with(held);
    Switchboard.Call much = other.open(MessageId.number(1), Optional.empty());
    try (Switchboard.Call call = crowded.open(MessageId.number(1), Optional.empty());
        ExecutorService server = Executors.newSingleThreadExecutor()) {
      deliver(other, "{\"method\":\"notifications/message\"}");
      deliver(crowded, "{\"method\":\"notifications/message\"}");
      Future<?> second =
          server.submit(() -> {
            deliver(crowded, "{\"id\":1,\"result\":{}}");
            return null;
          });
      assertThatThrownBy(() -> second.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(call.next()).isPresent();
      second.get();
      assertThat(call.next().orElseThrow().last()).isTrue();
      assertThat(held.full()).isTrue();
      much.close();
      assertThat(held.full()).isFalse();
    }
  }

  @Test
  void ofMessagesThatNobodyListensToTheYoungestEightMegabytesAreKept() throws Exception {
    String large = "{\"method\":\"notifications/message\",\"params\":\"" + "x".repeat(3_000_000);
    for (int i = 0; i < 4; i++) {
      deliver(large + i + "\"}");
    }
    EventStream listening = switchboard.listen();
    for (int i = 2; i < 4; i++) {
      assertThat(listening.next().orElseThrow().data()).asString(UTF_8).endsWith("x" + i + "\"}");
    }
  }

  @Test
  void makesOneLineOfAMessage() {
    byte[] json = "{\r\n\"a\":\r1}".getBytes(UTF_8);
    Switchboard.oneLine(json);
    assertThat(new String(json, UTF_8)).isEqualTo("{  \"a\": 1}");
  }

  private Switchboard.Call open(int id) throws UpstreamException {
    return switchboard.open(MessageId.number(id), Optional.empty());
  }

  private static Switchboard with(Held held) {
    return new Switchboard(Duration.ofSeconds(30), LoggerFactory.getLogger("test"), held);
  }

  private void deliver(String json) throws InterruptedException {
    deliver(switchboard, json);
  }

  private static void deliver(Switchboard switchboard, String json) throws InterruptedException {
    byte[] bytes = json.getBytes(UTF_8);
    switchboard.deliver(bytes, ServerMessage.read(bytes).orElseThrow());
  }

  private static void assertFails(
      ThrowingCallable action, Reason reason, boolean delivered, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.delivered()).isEqualTo(delivered);
            })
        .hasMessage(message);
  }
}
