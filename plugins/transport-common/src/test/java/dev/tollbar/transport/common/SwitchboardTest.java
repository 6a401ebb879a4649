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
import java.util.Optional;
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
  void makesOneLineOfAMessage() {
    byte[] json = "{\r\n\"a\":\r1}".getBytes(UTF_8);
    Switchboard.oneLine(json);
    assertThat(new String(json, UTF_8)).isEqualTo("{  \"a\": 1}");
  }

  private Switchboard.Call open(int id) throws UpstreamException {
    return switchboard.open(MessageId.number(id), Optional.empty());
  }

  private void deliver(String json) throws InterruptedException {
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
