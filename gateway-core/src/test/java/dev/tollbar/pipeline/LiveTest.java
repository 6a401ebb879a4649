package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call keeps the revision that it arrived under; the next one has the next. */
class LiveTest {
  @TempDir private Path data;

  @Test
  void aCallInFlightFinishesUnderItsRevision() throws Exception {
    FakeRule old = FakeRule.named("old");
    FakeRule next = FakeRule.named("next").denies("Not any more.");
    AtomicInteger freed = new AtomicInteger();
    try (TestGateway gateway = TestGateway.in(data, TestGateway.open())) {
      gateway.live.replace(gateway.revision("r2", TestGateway.policy(old), freed::incrementAndGet));
      Knock session = gateway.session();
      CountDownLatch in = new CountDownLatch(1);
      CountDownLatch answer = new CountDownLatch(1);
      gateway.upstream.answers(message -> {
        in.countDown();
        answer.await();
        return FakeReply.of(FakeUpstream.result(message, "{}"));
      });
      RecordingClient first = new RecordingClient();
      Thread call =
          Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), first));
      in.await();

      gateway.live.replace(gateway.revision("r3", TestGateway.policy(next), () -> {}));
      RecordingClient second = gateway.post(session, TestGateway.pay(2));
      assertThat(freed).hasValue(0);
      answer.countDown();
      call.join();

      assertThat(second.toolText()).isEqualTo("[POLICY DENIED] Not any more.");
      assertThat(first.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
      assertThat(old.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
      assertThat(freed).hasValue(1);
      assertThat(gateway.records)
          .extracting(DecisionRecord::revision)
          .containsExactly(Optional.of("r3"), Optional.of("r2"));
    }
  }

  @Test
  void aRevisionThatNobodyUsesIsFreedAtOnceAndOnce() throws Exception {
    AtomicInteger freed = new AtomicInteger();
    try (TestGateway gateway = TestGateway.in(data, TestGateway.open())) {
      LiveRevision second = gateway.revision("r2", TestGateway.open(), freed::incrementAndGet);
      gateway.live.replace(second);
      gateway.post(gateway.session(), TestGateway.pay(1));
      assertThat(freed).hasValue(0);

      gateway.live.replace(gateway.revision("r3", TestGateway.open(), () -> {}));

      assertThat(freed).hasValue(1);
      assertThat(second.enter()).isFalse();
      assertThat(gateway.live.current().id()).isEqualTo("r3");
    }
  }

  @Test
  void closingFreesTheLastRevision() throws Exception {
    AtomicInteger freed = new AtomicInteger();
    try (TestGateway gateway = TestGateway.in(data, TestGateway.open())) {
      gateway.live.replace(gateway.revision("r2", TestGateway.open(), freed::incrementAndGet));
    }

    assertThat(freed).hasValue(1);
  }

  @Test
  void writesAllThatIsKnownOfACall() throws Exception {
    FakeRule permitting = FakeRule.named("permitting");
    FakeRule denying =
        FakeRule.named("denying")
            .evaluates(call ->
                call.arguments().path("amount").asInt() > 9
                    ? Verdict.deny("Too large.")
                    : Verdict.permit());
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(permitting, denying))) {
      Knock session = gateway.session();
      String secret = session.session().orElseThrow();
      gateway.post(session, TestGateway.pay(1, "{\"amount\":5,\"iban\":\"XX00 1234\"}"));
      gateway.post(session, TestGateway.pay(2, "{\"amount\":10}"));
      gateway.post(session.in("nonsense"), TestGateway.pay(3));
      gateway.post(session, "[]");

      List<String> lines = gateway.lines();

      assertThat(lines).hasSize(5);
      assertThat(String.join("", lines))
          .doesNotContain(secret)
          .doesNotContain(TestGateway.LAPTOP)
          .doesNotContain("XX00 1234");
      JsonNode permit = json(lines.get(1));
      assertThat(permit.path("time").asText()).isEqualTo("2026-11-23T12:00:00.000000Z");
      assertThat(permit.path("decision").asText()).isEqualTo("permit");
      assertThat(permit.has("code")).isFalse();
      assertThat(permit.path("grant").asText()).isEqualTo("laptop");
      assertThat(permit.path("server").asText()).isEqualTo("tickets");
      assertThat(permit.path("policy").asText()).isEqualTo("p");
      assertThat(permit.path("revision").asText()).isEqualTo("r1");
      assertThat(permit.path("session").asText()).hasSize(16);
      assertThat(permit.path("request_id").asInt()).isEqualTo(1);
      assertThat(permit.path("protocol_revision").asText()).isEqualTo("2025-11-25");
      assertThat(permit.path("method").asText()).isEqualTo("tools/call");
      assertThat(permit.path("tool").asText()).isEqualTo("pay");
      assertThat(permit.path("argument_keys").toString()).isEqualTo("[\"amount\",\"iban\"]");
      assertThat(permit.path("arguments_hmac").asText()).hasSize(64);
      assertThat(permit.path("trace")).hasSize(2);
      assertThat(permit.path("upstream").asText()).isEqualTo("answered");
      assertThat(permit.path("status").asInt()).isEqualTo(200);
      assertThat(permit.path("stages_us").properties())
          .extracting(Map.Entry::getKey)
          .containsExactly(
              "parse",
              "authenticate",
              "route",
              "decide",
              "consent",
              "meter",
              "forward",
              "settle",
              "reply");

      JsonNode deny = json(lines.get(2));
      assertThat(deny.path("decision").asText()).isEqualTo("deny");
      assertThat(deny.path("code").asText()).isEqualTo("rule");
      assertThat(deny.path("rule").asText()).isEqualTo("/policies/p/tools/pay/denying");
      assertThat(deny.path("plugin").asText()).isEqualTo("fake@1");
      assertThat(deny.path("reason").asText()).isEqualTo("Too large.");
      assertThat(deny.path("upstream").asText()).isEqualTo("none");
      assertThat(deny.path("status").asInt()).isEqualTo(200);

      JsonNode refusal = json(lines.get(3));
      assertThat(refusal.path("decision").asText()).isEqualTo("deny");
      assertThat(refusal.path("code").asText()).isEqualTo("unknown_session");
      assertThat(refusal.path("grant").asText()).isEqualTo("laptop");
      assertThat(refusal.path("status").asInt()).isEqualTo(404);

      JsonNode unread = json(lines.get(4));
      assertThat(unread.path("code").asText()).isEqualTo("malformed");
      assertThat(unread.has("grant")).isFalse();
      assertThat(unread.path("status").asInt()).isEqualTo(400);
    }
  }

  private static JsonNode json(String line) throws Exception {
    return new ObjectMapper().readTree(line);
  }
}
