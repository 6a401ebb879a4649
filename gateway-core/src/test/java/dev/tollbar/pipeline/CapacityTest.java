package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.upstream.Room;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More calls than there is room for. */
@Timeout(value = 2, unit = TimeUnit.MINUTES) // so that a call that nobody answers ends the test
class CapacityTest {
  private static final String BUSY =
      "{\"jsonrpc\":\"2.0\",\"id\":\"2\",\"error\":{\"code\":-31004,\"message\":\"The server behind the"
          + " gateway has too much to do. Try again in a second.\",\"data\":{\"retryAfterMs\":1000}}}";
  private static final String OVERLOADED =
      "{\"jsonrpc\":\"2.0\",\"id\":\"2\",\"error\":{\"code\":-31004,\"message\":\"The gateway has too"
          + " much to do. Try again in a second.\",\"data\":{\"retryAfterMs\":1000}}}";

  @TempDir private Path data;

  /** A place where calls stay until they may go on. */
  private static final class Stop {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    void pass() throws InterruptedException {
      reached.countDown();
      open.await();
    }
  }

  private static Stop stuck(FakeUpstream upstream) {
    Stop stop = new Stop();
    upstream.answers(message -> {
      stop.pass();
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    return stop;
  }

  private static String pay(String id) {
    return ModernClient.request(
        "\"" + id + "\"", "tools/call", "\"name\":\"pay\",\"arguments\":{\"amount\":5}");
  }

  private static Thread calling(TestGateway gateway, List<RecordingClient> answers) {
    return Thread.ofVirtual().start(() -> answers.add(gateway.modern().send(pay("1"))));
  }

  @Test
  void shedsWhatAServerHasNoRoomForAndRecoversAtOnce() throws Exception {
    FakeRule limit = FakeRule.named("limit");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(limit))) {
      gateway.knows("pay", "{}");
      gateway.server.room().adjust(Room.Terms.atOnce(1));
      Stop stop = stuck(gateway.upstream);
      List<RecordingClient> answers = new ArrayList<>();
      Thread first = calling(gateway, answers);
      stop.reached.await();

      RecordingClient shed = gateway.modern().send(pay("2"));

      assertThat(shed.status()).isEqualTo(503);
      assertThat(shed.text()).isEqualTo(BUSY);
      assertThat(gateway.upstream.requests()).hasSize(1);
      assertThat(limit.reserved).hasSize(1);
      DecisionRecord record = gateway.records.getLast();
      assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
      assertThat(record.code()).contains("server_busy");
      assertThat(record.status()).hasValue(503);

      stop.open.countDown();
      first.join();
      assertThat(answers.getFirst().status()).isEqualTo(200);
      assertThat(gateway.modern().send(pay("3")).status()).isEqualTo(200);
    }
  }

  @Test
  void keepsAStuckServerFromHoldingTheCallsOfAnother() throws Exception {
    FakeUpstream tickets = new FakeUpstream();
    FakeUpstream files = new FakeUpstream();
    try (TestGateway gateway =
        TestGateway.inFrontOf(
            data, Map.of("tickets", tickets, "files", files), TestGateway.open())) {
      gateway.room.adjust(Room.Terms.atOnce(1));
      Stop stop = stuck(tickets);
      Knock session = gateway.session();
      Thread first = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1)));
      stop.reached.await();

      Knock other =
          new Knock(
              "files",
              session.host(),
              session.origin(),
              session.authorization(),
              session.accept(),
              session.contentType(),
              Optional.empty(),
              session.revision(),
              session.lastEventId(),
              true);

      assertThat(gateway.post(other, TestGateway.initialize("2025-11-25")).status()).isEqualTo(200);
      stop.open.countDown();
      first.join();
    }
  }

  @Test
  void doesNotBeginWithWhatItCannotWorkOn() throws Exception {
    Stop stop = new Stop();
    FakeRule slow =
        FakeRule.named("slow")
            .evaluates(_ -> {
              stop.pass();
              return Verdict.permit();
            });
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(slow))) {
      gateway.room.adjust(Room.Terms.atOnce(1));
      List<RecordingClient> answers = new ArrayList<>();
      Thread first = calling(gateway, answers);
      stop.reached.await();

      RecordingClient shed = gateway.modern().send(pay("2"));

      assertThat(shed.status()).isEqualTo(503);
      assertThat(shed.text()).isEqualTo(OVERLOADED);
      assertThat(slow.evaluated).hasSize(1);
      assertThat(gateway.records.getLast().code()).contains("overloaded");

      stop.open.countDown();
      first.join();
      assertThat(answers.getFirst().status()).isEqualTo(200);
      assertThat(gateway.modern().send(pay("3")).status()).isEqualTo(200);
    }
  }

  @Test
  void writesNoMoreOfWhatItShedsThanOfWhatStrangersCause() throws Exception {
    Stop stop = new Stop();
    FakeRule slow =
        FakeRule.named("slow")
            .evaluates(_ -> {
              stop.pass();
              return Verdict.permit();
            });
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(slow))) {
      gateway.room.adjust(Room.Terms.atOnce(1));
      List<RecordingClient> answers = new ArrayList<>();
      Thread first = calling(gateway, answers);
      stop.reached.await();

      for (int i = 0; i < 50; i++) {
        gateway.modern().send(pay("2"));
      }

      stop.open.countDown();
      first.join();
      assertThat(gateway.lines().stream().filter(line -> line.contains("\"status\":503")))
          .hasSizeBetween(10, 30);
    }
  }

  @Test
  void doesNotCountCallsThatWaitForAPerson() throws Exception {
    FakeRule rule = FakeRule.named("approval").asks("Is it well?");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(rule))) {
      gateway.room.adjust(Room.Terms.atOnce(1));
      gateway.server.room().adjust(Room.Terms.atOnce(1));

      assertThat(gateway.modern().send(pay("1")).status()).isEqualTo(200);

      assertThat(gateway.room.calls()).isZero();
      assertThat(gateway.server.room().calls()).isZero();
    }
  }

  @Test
  void givesAnApprovalBackThatABusyServerHadNoUseFor() throws Exception {
    FakeRule rule = FakeRule.named("approval").asks("Is it well?");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(rule))) {
      gateway.knows("pay", "{}");
      gateway.modern().send(pay("1"));
      gateway.people(true);
      gateway.server.room().adjust(Room.Terms.atOnce(0));

      assertThat(gateway.modern().send(pay("2")).text()).isEqualTo(BUSY);

      gateway.server.room().adjust(Room.Terms.atOnce(1));
      assertThat(gateway.modern().send(pay("3")).denial().isMissingNode()).isTrue();
      assertThat(gateway.upstream.requests()).hasSize(1);
    }
  }

  @Test
  void doesNotCountStreamsThatOnlyListen() throws Exception {
    String listen =
        ModernClient.request(
            "\"7\"", "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.open())) {
      gateway.room.adjust(Room.Terms.atOnce(1));
      gateway.server.room().adjust(Room.Terms.atOnce(1));
      Stop stop = new Stop();
      gateway.upstream.answers(message -> {
        if (message.method().equals("subscriptions/listen")) {
          stop.pass();
          return FakeReply.events();
        }
        return FakeReply.of(FakeUpstream.result(message, "{}"));
      });
      Thread listener = Thread.ofVirtual().start(() -> gateway.modern().send(listen));
      stop.reached.await();

      assertThat(gateway.modern().send(pay("2")).status()).isEqualTo(200);

      stop.open.countDown();
      listener.join();
    }
  }
}
