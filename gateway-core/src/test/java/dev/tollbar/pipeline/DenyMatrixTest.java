package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.state.EmbeddedState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a stage does instead of its work, the call is denied: design, section 8. */
@SuppressWarnings("TypeParameterUnusedInFormals") // of methods that never return
@ParameterizedClass
@EnumSource(DenyMatrixTest.Era.class)
class DenyMatrixTest {
  private static final String SECRET = "secret words of the plugin";

  private final Era era;
  @TempDir private Path data;

  DenyMatrixTest(Era era) {
    this.era = era;
  }

  /** How the client asks: within a session, or by itself. */
  enum Era {
    LEGACY,
    MODERN;

    RecordingClient pay(TestGateway gateway, Knock session) {
      if (this == LEGACY) {
        return gateway.post(session, TestGateway.pay(1));
      }
      gateway.knows("pay", "{}");
      return gateway.modern().send(ModernClient.pay(1));
    }

    /** Whether the gateway and, where there is one, the session go on. */
    void usable(TestGateway gateway, Knock session) {
      RecordingClient next =
          this == LEGACY
              ? gateway.post(session, TestGateway.request(1, "ping", "{}"))
              : gateway.modern().send(ModernClient.request("1", "server/discover", ""));
      assertThat(next.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    }
  }

  record Fault(String name, FakeRule rule) {
    @Override
    public String toString() {
      return name;
    }
  }

  @SuppressWarnings("NullAway") // what plugins do that were compiled without a checker
  static Stream<Fault> faults() {
    return Stream.of(
        new Fault("evaluate throws", bad().evaluates(_ -> fail())),
        new Fault("evaluate throws an error", bad().evaluates(_ -> failBadly())),
        new Fault("evaluate returns nothing", bad().evaluates(_ -> null)),
        new Fault("evaluate overflows the stack", bad().evaluates(_ -> overflow(0))),
        new Fault("reserve throws", bad().reserves(_ -> fail())),
        new Fault("reserve throws an error", bad().reserves(_ -> failBadly())),
        new Fault("reserve returns nothing", bad().reserves(_ -> null)),
        new Fault("the reservation does not say whether it holds", mute()));
  }

  static Stream<Fault> endless() {
    return Stream.of(
        new Fault("evaluate is late", bad().evaluates(_ -> never())),
        new Fault("reserve is late", bad().reserves(_ -> never())),
        new Fault(
            "evaluate is late and swallows the interrupt",
            bad()
                .evaluates(_ -> {
                  swallow();
                  return Verdict.permit();
                })),
        new Fault(
            "reserve is late and swallows the interrupt",
            bad()
                .reserves(_ -> {
                  swallow();
                  return Reservation.NOTHING;
                })));
  }

  static Stream<Fault> interrupted() {
    return Stream.of(
        new Fault("evaluate is interrupted", bad().evaluates(_ -> interrupt())),
        new Fault("reserve is interrupted", bad().reserves(_ -> interrupt())));
  }

  static Stream<Fault> storeDown() {
    return Stream.of(
        new Fault("evaluate finds the store down", bad().evaluates(_ -> down())),
        new Fault("reserve finds the store down", bad().reserves(_ -> down())));
  }

  private static FakeRule bad() {
    return FakeRule.named("bad");
  }

  private static FakeRule mute() {
    return bad()
        .reserves(_ ->
            new Reservation() {
              @Override
              public Optional<Verdict.Deny> refusal() {
                return fail();
              }

              @Override
              public void settle(Outcome outcome) {}
            });
  }

  private static <T> T fail() {
    throw new IllegalStateException(SECRET);
  }

  private static <T> T failBadly() {
    throw new NoClassDefFoundError(SECRET);
  }

  private static <T> T down() {
    throw new StoreUnavailableException(SECRET);
  }

  private static <T> T interrupt() throws InterruptedException {
    throw new InterruptedException(SECRET);
  }

  @SuppressWarnings("InfiniteRecursion")
  private static Verdict overflow(int depth) {
    return overflow(depth + 1);
  }

  private static <T> T never() throws InterruptedException {
    new CountDownLatch(1).await();
    throw new IllegalStateException("nobody opens the latch");
  }

  private static void swallow() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      // as bad plugins do
    }
  }

  @ParameterizedTest
  @MethodSource({"faults", "interrupted"})
  void deniesWhenARuleFails(Fault fault) throws Exception {
    denies(fault, "rule_error", "[POLICY DENIED] A rule could not decide this call.", BUDGET);
  }

  private static final Duration BUDGET = TestGateway.BUDGET;

  @ParameterizedTest
  @MethodSource("endless")
  void deniesWhenARuleIsLate(Fault fault) throws Exception {
    Duration little = Duration.ofMillis(40);
    denies(fault, "rule_error", "[POLICY DENIED] A rule could not decide this call.", little);
  }

  @ParameterizedTest
  @MethodSource("storeDown")
  void deniesWhenTheStoreOfARuleIsDown(Fault fault) throws Exception {
    String text = "[POLICY DENIED] What this call's rules need to decide is out of reach.";
    denies(fault, "store_unavailable", text, BUDGET);
  }

  private void denies(Fault fault, String code, String text, Duration budget) throws Exception {
    FakeRule earlier = FakeRule.named("earlier");
    FakeRule later = FakeRule.named("later");
    try (TestGateway gateway =
        TestGateway.in(data, TestGateway.policy(earlier, fault.rule(), later), budget)) {
      Knock session = gateway.session();

      RecordingClient client = era.pay(gateway, session);

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.toolText()).isEqualTo(text);
      assertThat(client.denial().path("code").asText()).isEqualTo(code);
      assertThat(client.denial().path("rule").asText()).isEqualTo("/policies/p/tools/pay/bad");
      assertThat(client.denial().path("final").asBoolean(true)).isFalse();
      assertThat(client.text()).doesNotContain(SECRET);
      assertThat(client.interruptedWhenAnswered()).isFalse();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(gateway.upstream.requests()).isEmpty();
      assertThat(gateway.records).hasSize(1);
      assertThat(gateway.records.getFirst().decision()).isEqualTo(DecisionRecord.Decision.DENY);
      assertThat(gateway.records.getFirst().code()).contains(code);
      assertThat(earlier.settled).hasSameSizeAs(earlier.reserved);
      assertThat(earlier.settled).allMatch(Outcome.NotDelivered.class::isInstance);
      assertThat(later.reserved).isEmpty();
      era.usable(gateway, session);
      assertThat(gateway.lines()).hasSize(3); // initialize, the denied call, ping
    }
  }

  @Test
  void aReservationThatCameTooLateIsGivenBack() throws Exception {
    List<Outcome> settled = new CopyOnWriteArrayList<>();
    FakeRule slow =
        bad()
            .reserves(_ -> {
              swallow();
              return settled::add;
            });

    denies(
        new Fault("reserve is late with a reservation", slow),
        "rule_error",
        "[POLICY DENIED] A rule could not decide this call.",
        Duration.ofMillis(40));

    assertThat(settled).isNotEmpty().containsOnly(new Outcome.NotDelivered());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultOfAShadowRuleDeniesNothing(Fault fault) throws Exception {
    FakeRule shadow = FakeRule.shadow("shadow");
    shadow.evaluates(fault.rule()::evaluate).reserves(fault.rule()::reserve);
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(shadow))) {
      RecordingClient client = era.pay(gateway, gateway.session());

      assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
      assertThat(gateway.records.getFirst().trace())
          .anyMatch(said -> said.shadow() && said.verdict().equals("deny"));
    }
  }

  @Test
  void keepsAResultWhoseRuleFails() throws Exception {
    for (FakeRule.ResultEvaluation bad : badResultRules()) {
      FakeRule rule = FakeRule.named("bad").judges(bad);
      Path folder = Files.createTempDirectory(data, "case");
      try (TestGateway gateway = TestGateway.in(folder, TestGateway.policy(rule))) {
        gateway.upstream.answersResult("{\"content\":[{\"type\":\"text\",\"text\":\"balance\"}]}");

        RecordingClient client = era.pay(gateway, gateway.session());

        assertThat(client.denial().path("code").asText()).isEqualTo("rule_error");
        assertThat(client.text()).doesNotContain("balance").doesNotContain(SECRET);
        assertThat(rule.settled).hasOnlyElementsOfType(Outcome.Answered.class).hasSize(1);
        assertThat(gateway.records).hasSize(1);
        assertThat(client.interruptedWhenAnswered()).isFalse();
      }
    }
  }

  @SuppressWarnings("NullAway") // as above
  private static List<FakeRule.ResultEvaluation> badResultRules() {
    return List.of((_, _) -> fail(), (_, _) -> failBadly(), (_, _) -> null, (_, _) -> interrupt());
  }

  @Test
  void settlesTheOthersWhenOneReservationCannotBeSettled() throws Exception {
    FakeRule bad = FakeRule.named("bad").reserves(_ -> _ -> failBadly());
    FakeRule good = FakeRule.named("good");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(bad, good))) {
      RecordingClient client = era.pay(gateway, gateway.session());

      assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
      assertThat(good.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
    }
  }

  @Test
  void deniesWhenApprovalsAreOutOfReach() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    Path folder = Files.createDirectory(data.resolve("store"));
    EmbeddedState state = EmbeddedState.open(folder, new SettableClock());
    try (TestGateway gateway = TestGateway.with(data, TestGateway.policy(asking), state)) {
      Knock session = gateway.session();
      state.close();

      RecordingClient client = era.pay(gateway, session);

      assertThat(client.toolText())
          .isEqualTo(
              "[POLICY DENIED] A person must approve this call, and approvals are out of reach.");
      assertThat(client.denial().path("code").asText()).isEqualTo("store_unavailable");
      assertThat(gateway.upstream.requests()).isEmpty();
      assertThat(gateway.records).hasSize(1);
      assertThat(asking.reserved).isEmpty();
      era.usable(gateway, session);
    }
  }

  @Test
  void refusesClientsWhoseGrantCannotBeLookedUp() throws Exception {
    Files.writeString(data.resolve("tollbar.db"), "This is no database.".repeat(100));
    try (TestGateway gateway = TestGateway.in(data, TestGateway.open())) {
      Knock known = gateway.session();
      Knock stranger = Knock.as("tb_stranger").in(known.session().orElseThrow());

      RecordingClient client = gateway.post(stranger, TestGateway.pay(1));

      assertThat(client.status()).isEqualTo(503);
      assertThat(client.text())
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":"
                  + "\"Grants are out of reach.\"}}");
      assertThat(gateway.upstream.requests()).isEmpty();
      assertThat(gateway.records).hasSize(1);
      assertThat(gateway.records.getFirst().code()).contains("store_unavailable");
      // The document's own grants need no store.
      era.usable(gateway, known);
    }
  }

  @Test
  void refusesListenersWhoseGrantCannotBeLookedUp() throws Exception {
    Files.writeString(data.resolve("tollbar.db"), "This is no database.".repeat(100));
    try (TestGateway gateway = TestGateway.in(data, TestGateway.open())) {
      Knock known = gateway.session();
      Knock stranger = Knock.as("tb_stranger").in(known.session().orElseThrow());
      RecordingClient listener = new RecordingClient();
      RecordingClient leaver = new RecordingClient();

      gateway.gateway().listen(stranger.with("", gateway.clock.instant()), listener);
      gateway.gateway().end(stranger.with("", gateway.clock.instant()), leaver);

      assertThat(listener.status()).isEqualTo(503);
      assertThat(leaver.status()).isEqualTo(503);
      assertThat(gateway.sessions.size()).isEqualTo(1);
    }
  }

  @Test
  void forwardsNothingThatCannotBeRecorded() throws Exception {
    FakeRule rule = FakeRule.named("rule");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(rule))) {
      Knock session = gateway.session();
      gateway.log.close();

      RecordingClient client = era.pay(gateway, session);

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.text())
          .contains(
              "\"[POLICY DENIED] The gateway cannot record decisions now, so it makes none. Try again later.\"")
          .contains("\"code\":\"store_unavailable\",\"rule\":\"(records)\",\"final\":false");
      assertThat(gateway.upstream.requests()).isEmpty();
      assertThat(rule.evaluated).isEmpty();
      assertThat(gateway.records).hasSize(1);
      assertThat(gateway.records.getFirst().code()).contains("store_unavailable");
    }
  }

  @Test
  void settlesAndRecordsWhenATransportFailsInAWayOfItsOwn() throws Exception {
    FakeRule rule = FakeRule.named("rule");
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(rule))) {
      Knock session = gateway.session();
      gateway.upstream.answers(_ -> fail());

      RecordingClient client = era.pay(gateway, session);

      assertThat(client.status()).isEqualTo(500);
      assertThat(client.text())
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":"
                  + "\"The gateway failed.\"}}");
      assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
      assertThat(gateway.records).hasSize(1);
      gateway.upstream.answersResult("{}");
      era.usable(gateway, session);
    }
  }
}
