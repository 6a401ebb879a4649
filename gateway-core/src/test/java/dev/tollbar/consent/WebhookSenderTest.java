package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Secret;
import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Delivery;
import dev.tollbar.state.EmbeddedState;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages to webhooks, over real HTTP and a real store. */
@Timeout(60)
class WebhookSenderTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Duration SOON = Duration.ofMillis(10);

  @TempDir private Path folder;
  private volatile Instant now = NOON;
  private final InstantSource clock = () -> now;
  private final Map<String, WebhookTarget> webhooks = new ConcurrentHashMap<>();
  private final DecisionLinks links = DecisionLinks.of(List.of(new byte[32]));
  private final List<WebhookSender> senders = new ArrayList<>();
  private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
  private EmbeddedState state;
  private FailingApprovals approvals;
  private Answers answers;

  @BeforeEach
  void open() {
    state = EmbeddedState.open(folder, clock);
    approvals = new FailingApprovals(state.approvals());
    answers = new Answers(approvals, clock);
  }

  @AfterEach
  void close() {
    senders.forEach(WebhookSender::close);
    state.close();
  }

  @Test
  void signsTheQuestionWithEverySecret() throws Exception {
    try (Receiver receiver = asked("ap_1", KEY, "old secret")) {
      begin();

      Receiver.Asked asked = receiver.next();
      String signed = "ap_1." + NOON.getEpochSecond() + "." + asked.body();
      assertThat(asked.path()).isEqualTo("/ask");
      assertThat(asked.header("content-type")).isEqualTo("application/json");
      assertThat(asked.header("webhook-id")).isEqualTo("ap_1");
      assertThat(asked.header("webhook-timestamp")).isEqualTo("1795435200");
      assertThat(asked.header("webhook-signature"))
          .isEqualTo(
              "v1,"
                  + hmac(Base64.getDecoder().decode(KEY.substring(6)), signed)
                  + " v1,"
                  + hmac("old secret".getBytes(StandardCharsets.UTF_8), signed));
      assertThat(asked.body())
          .isEqualTo(
              "{\"type\":\"approval.requested\",\"id\":\"ap_1\",\"grant\":\"laptop\","
                  + "\"server\":\"tickets\",\"tool\":\"create_refund\","
                  + "\"arguments\":{\"amount\":150.00},\"reason\":\"More than 100.\","
                  + "\"rule\":\"/tools/pay/approval\",\"approvers\":1,"
                  + "\"expires\":\"2026-11-23T12:15:00Z\"}");
    }
  }

  @Test
  void signsAsTheStandardsOwnExample() {
    assertThat(
            WebhookSignature.sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8),
                List.of(new Secret(KEY))))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void signsWithTheSecretsThatTheDocumentHasNow() throws Exception {
    try (Receiver receiver = asked("ap_1", new Receiver.Reply(500, ""), "first")) {
      begin();
      receiver.next();
      webhooks.put("ops", target(receiver, "second"));

      Receiver.Asked again = receiver.next();
      assertThat(again.header("webhook-signature"))
          .isEqualTo(
              "v1,"
                  + hmac(
                      "second".getBytes(StandardCharsets.UTF_8),
                      "ap_1." + again.header("webhook-timestamp") + "." + again.body()));
    }
  }

  @Test
  void linksToWhereItCanBeDecided() throws Exception {
    links.reachableAt(URI.create("https://gw.example/admin/"));
    try (Receiver receiver = asked("ap_1", KEY)) {
      begin();

      assertThat(receiver.next().body())
          .endsWith(
              ",\"decide\":{\"approve\":\"https://gw.example/admin"
                  + link("ap_1", Purpose.APPROVE, 1)
                  + "\",\"deny\":\"https://gw.example/admin"
                  + link("ap_1", Purpose.DENY, 1)
                  + "\",\"page\":\"https://gw.example/admin"
                  + link("ap_1", Purpose.DECIDE, 1)
                  + "\",\"callback\":\"https://gw.example/admin/callbacks/approvals/ap_1\"}}");
    }
  }

  @Test
  void hasLinksForEveryPersonThatMustApprove() throws Exception {
    links.reachableAt(URI.create("https://gw.example"));
    try (Receiver receiver = new Receiver()) {
      webhooks.put("ops", target(receiver, KEY));
      approvals.open(question("ap_1", 2, NOON), NOON);
      begin();

      String body = receiver.next().body();
      assertThat(body)
          .contains("\"approvers\":2")
          .contains(
              "\"people\":[{\"approve\":\"https://gw.example" + link("ap_1", Purpose.APPROVE, 1))
          .contains(",{\"approve\":\"https://gw.example" + link("ap_1", Purpose.APPROVE, 2));
    }
  }

  private String link(String id, Purpose purpose, int number) {
    return links.path(id, purpose, number, NOON.plus(Duration.ofMinutes(15)));
  }

  @Test
  void recordsADecisionThatIsAnsweredAtOnce() throws Exception {
    try (Receiver _ =
        asked("ap_1", new Receiver.Reply(200, "{\"decision\":\"deny\",\"reason\":\"No.\"}"), KEY)) {
      begin();

      await(() -> status("ap_1") == Approval.Status.DENIED);
      assertThat(stored("ap_1").answers())
          .containsExactly(new Approval.Answer(false, "webhook ops", "No.", NOON));
      awaitState("ap_1", Delivery.State.DELIVERED);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500||webhook_status ap_1 webhook ops: status 500",
        "401||webhook_status ap_1 webhook ops: status 401",
        "404||webhook_status ap_1 webhook ops: status 404",
        "201|{\"decision\":\"approve\"}|webhook_status ap_1 webhook ops: status 201",
        "500|{\"decision\":\"approve\"}|webhook_status ap_1 webhook ops: status 500",
        "302|/elsewhere|webhook_status ap_1 webhook ops: status 302",
        "200||webhook_malformed ap_1 webhook ops: no usable answer: the body is not one JSON object",
        "200|ok|webhook_malformed ap_1 webhook ops: no usable answer: the body is not one JSON object",
        "200|null|webhook_malformed ap_1 webhook ops: no usable answer: the body is not one JSON object",
        "200|[]|webhook_malformed ap_1 webhook ops: no usable answer: the body is not one JSON object",
        "200|{}|webhook_malformed ap_1 webhook ops: no usable answer: decision: expected \"approve\" or \"deny\"",
        "200|{\"decision\":true}|webhook_malformed ap_1 webhook ops: no usable answer: decision: expected \"approve\" or \"deny\"",
        "200|{\"decision\":\"approved\"}|webhook_malformed ap_1 webhook ops: no usable answer: decision: expected \"approve\" or \"deny\"",
        "200|{\"decision\":\"APPROVE\"}|webhook_malformed ap_1 webhook ops: no usable answer: decision: expected \"approve\" or \"deny\"",
        "200|{\"Decision\":\"approve\"}|webhook_malformed ap_1 webhook ops: no usable answer: decision: expected \"approve\" or \"deny\"",
        "200|{\"decision\":\"deny\",\"decision\":\"approve\"}|webhook_malformed ap_1 webhook ops: no usable answer: the body is not one JSON object",
        "200|{\"decision\":\"approve\"} x|webhook_malformed ap_1 webhook ops: no usable answer: the body is not one JSON object",
        "200|{\"decision\":\"approve\",\"by\":7}|webhook_malformed ap_1 webhook ops: no usable answer: by: expected a text",
        "200|{\"decision\":\"approve\",\"id\":\"ap_2\"}|webhook_malformed ap_1 webhook ops: the answer is for another approval"
      })
  void asksAgainAfterAnythingElseAndNeverApprovesAndRecordsThat(
      int status, String body, String recorded) throws Exception {
    try (Receiver receiver =
        asked("ap_1", new Receiver.Reply(status, Optional.ofNullable(body).orElse("")), KEY)) {
      begin();

      Receiver.Asked first = receiver.next();
      Receiver.Asked again = receiver.next();
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(again.header("webhook-id")).isEqualTo(first.header("webhook-id"));
      assertThat(again.path()).isEqualTo("/ask");
      assertThat(status("ap_1")).isEqualTo(Approval.Status.PENDING);
      assertThat(refused.take()).isEqualTo(recorded);
    }
  }

  @Test
  void doesNotReadAnAnswerWithoutEnd() throws Exception {
    String large = "{\"decision\":\"approve\",\"reason\":\"" + "x".repeat(70_000) + "\"}";
    try (Receiver receiver = asked("ap_1", new Receiver.Reply(200, large), KEY)) {
      begin();

      receiver.next();
      receiver.next();
      assertThat(status("ap_1")).isEqualTo(Approval.Status.PENDING);
      assertThat(refused.take()).startsWith("webhook_unanswered ap_1 webhook ops: ");
    }
  }

  @Test
  void doesNotWaitForAReceiverThatHangs() throws Exception {
    String approves = "{\"decision\":\"approve\"}";
    try (Receiver receiver = asked("ap_1", new Receiver.Reply(Receiver.HANGS, approves), KEY)) {
      begin(new WebhookSender.Pace(many(SOON), SOON, 16, Duration.ofMillis(500), Duration.ZERO));

      receiver.next();
      receiver.next();
      receiver.letGo(); // to nobody
      awaitState("ap_1", Delivery.State.DELIVERED);
      assertThat(status("ap_1")).isEqualTo(Approval.Status.PENDING);
      assertThat(refused.take())
          .startsWith("webhook_unanswered ap_1 webhook ops: no answer within ");
    }
  }

  @Test
  void anAnswerAfterTheDeadlineChangesNothing() throws Exception {
    String approves = "{\"decision\":\"approve\"}";
    try (Receiver receiver = new Receiver(new Receiver.Reply(Receiver.HANGS, approves))) {
      webhooks.put("ops", target(receiver, KEY));
      // It is over before another attempt would be made.
      approvals.open(question("ap_1", 1, NOON.minusSeconds(15 * 60 - 5)), NOON);
      begin();
      receiver.next();
      Approval before = stored("ap_1");

      now = NOON.plusSeconds(5);
      receiver.letGo();

      awaitState("ap_1", Delivery.State.DELIVERED);
      assertThat(stored("ap_1")).isEqualTo(before);
      assertThat(status("ap_1")).isEqualTo(Approval.Status.EXPIRED);
      assertThat(refused)
          .containsExactly("webhook_late ap_1 webhook ops: Approval ap_1 has expired.");
    }
  }

  @Test
  void aReceiverThatAnswersTwiceIsHeardOnce() throws Exception {
    String approves = "{\"decision\":\"approve\",\"by\":\"ann\"}";
    try (Receiver _ = asked("ap_1", new Receiver.Reply(200, approves), KEY)) {
      begin();
      await(() -> status("ap_1") == Approval.Status.APPROVED);
      Approval once = stored("ap_1");

      assertThat(answers.decide("ap_1", true, "ann", ""))
          .isEqualTo(new Ruling.AlreadyDecided(once, Approval.Status.APPROVED));
      assertThat(stored("ap_1")).isEqualTo(once);
    }
  }

  @Test
  void asksAgainUntilTheReceiverIsBack() throws Exception {
    URI url;
    try (Receiver gone = new Receiver()) {
      url = gone.url();
    }
    webhooks.put("ops", new WebhookTarget("ops", url, List.of(new Secret(KEY))));
    approvals.open(question("ap_1"), NOON);
    begin(new WebhookSender.Pace(many(SOON), SOON, 16, Duration.ofSeconds(10), Duration.ZERO));
    await(() -> delivery("ap_1").problem().equals(Optional.of("no connection")));

    try (Receiver back = new Receiver(url.getPort())) {
      assertThat(back.next().header("webhook-id")).isEqualTo("ap_1");
    }
  }

  @Test
  void asksAgainWhenTheAnswerCouldNotBeStored() throws Exception {
    String approves = "{\"decision\":\"approve\"}";
    try (Receiver receiver = asked("ap_1", new Receiver.Reply(Receiver.HANGS, approves), KEY)) {
      begin();
      receiver.next();
      approvals.down(true);
      receiver.letGo();
      await(() -> approvals.refusals() > 0);
      approvals.down(false);
      now = NOON.plusSeconds(60); // the claim is over

      receiver.next();
      awaitState("ap_1", Delivery.State.DELIVERED);
    }
  }

  @Test
  void givesUpAfterTheLastPauseAndBeginsAnewWhenItIsTold() throws Exception {
    try (Receiver receiver = new Receiver(failures(4))) {
      webhooks.put("ops", target(receiver, KEY));
      approvals.open(question("ap_1"), NOON);
      begin(
          new WebhookSender.Pace(
              List.of(SOON, SOON), SOON, 16, Duration.ofSeconds(10), Duration.ZERO));

      awaitState("ap_1", Delivery.State.DEAD);
      assertThat(state.deliveries().dead())
          .containsExactly(
              new Delivery(
                  "ap_1",
                  Delivery.Message.REQUESTED,
                  "ops",
                  Delivery.State.DEAD,
                  3,
                  NOON.plusSeconds(2),
                  Optional.of("status 500"),
                  NOON.plusSeconds(2)));
      assertThat(status("ap_1")).isEqualTo(Approval.Status.PENDING);

      assertThat(state.deliveries().redeliver("ap_1", now)).isTrue();
      awaitState("ap_1", Delivery.State.DELIVERED);
      assertThat(delivery("ap_1").attempts()).isEqualTo(2);
      assertThat(state.deliveries().redeliver("ap_1", now)).isFalse();
    }
  }

  @Test
  void givesUpAtOnceWhereTheReceiverIsGoneForGood() throws Exception {
    try (Receiver _ = asked("ap_1", new Receiver.Reply(410, ""), KEY)) {
      begin();

      awaitState("ap_1", Delivery.State.DEAD);
      assertThat(delivery("ap_1").problem()).contains("status 410");
      assertThat(delivery("ap_1").attempts()).isEqualTo(1);
    }
  }

  @Test
  void givesUpWhenTheQuestionIsOverBeforeAnybodyHeardIt() throws Exception {
    try (Receiver receiver = asked("ap_1", KEY)) {
      now = NOON.plus(Duration.ofMinutes(15));
      begin();

      awaitState("ap_1", Delivery.State.DEAD);
      assertThat(delivery("ap_1").problem()).contains("not delivered before the question was over");
      assertThat(receiver.waiting()).isZero();
    }
  }

  @Test
  void leavesToOthersWhatIsForAWebhookThatTheDocumentDoesNotHave() throws Exception {
    approvals.open(question("ap_1"), NOON);
    try (Receiver receiver = new Receiver()) {
      webhooks.put("other", target(receiver, KEY));
      begin();
      approvals.open(to("other", question("ap_2")), NOON);
      receiver.next();
      awaitState("ap_2", Delivery.State.DELIVERED);
      assertThat(delivery("ap_1").attempts()).isZero();

      webhooks.put("ops", target(receiver, KEY));
      assertThat(receiver.next().header("webhook-id")).isEqualTo("ap_1");
    }
  }

  @Test
  void givesUpWhatNoDocumentHadAWebhookFor() throws Exception {
    approvals.open(question("ap_1"), NOON);
    now = NOON.plus(Duration.ofMinutes(15));
    begin();

    awaitState("ap_1", Delivery.State.DEAD);
  }

  @Test
  void aGatewayWithoutLinksLeavesMessagesToOneThatHasThem() throws Exception {
    try (Receiver receiver = asked("ap_1", KEY)) {
      begin(
          new WebhookSender.Pace(
              many(SOON), SOON, 16, Duration.ofSeconds(10), Duration.ofSeconds(3)));
      DecisionLinks reached = DecisionLinks.of(List.of(new byte[32]));
      reached.reachableAt(URI.create("https://gw.example"));
      WebhookSender other =
          new WebhookSender(
              approvals,
              answers,
              state.deliveries(),
              () -> webhooks,
              reached,
              clock,
              new Random(2),
              new WebhookSender.Pace(
                  many(SOON), SOON, 16, Duration.ofSeconds(10), Duration.ofSeconds(3)));
      senders.add(other);
      other.begin();
      assertThat(receiver.next().body()).contains("https://gw.example");

      other.close();
      approvals.open(question("ap_2"), NOON);
      now = NOON.plusSeconds(3);
      assertThat(receiver.next().body()).doesNotContain("decide");
    }
  }

  private static Approval to(String webhook, Approval approval) {
    return new Approval(
        approval.id(),
        approval.binding(),
        approval.grant(),
        approval.server(),
        approval.tool(),
        approval.arguments(),
        approval.rule(),
        approval.reason(),
        Optional.of(webhook),
        approval.revision(),
        approval.approvers(),
        approval.created(),
        approval.expires(),
        approval.answers(),
        approval.used());
  }

  @Test
  void doesNotTellWhatSomebodyElseHasDecided() throws Exception {
    try (Receiver receiver = asked("ap_1", KEY)) {
      answers.decide("ap_1", true, "ann", "");
      approvals.open(question("ap_2"), NOON);
      begin();

      assertThat(receiver.next().header("webhook-id")).isEqualTo("ap_2");
      awaitState("ap_1", Delivery.State.NEEDLESS);
      assertThat(receiver.waiting()).isZero();
    }
  }

  @Test
  void tellsThatAQuestionWasWithdrawn() throws Exception {
    try (Receiver receiver = asked("ap_1", KEY)) {
      WebhookSender sender = begin();
      receiver.next();
      awaitState("ap_1", Delivery.State.DELIVERED);

      approvals.withdraw("ap_1", now);
      sender.look();

      Receiver.Asked told = receiver.next();
      assertThat(told.header("webhook-id")).isEqualTo("ap_1.withdrawn");
      assertThat(told.body())
          .isEqualTo(
              "{\"type\":\"approval.withdrawn\",\"id\":\"ap_1\",\"grant\":\"laptop\","
                  + "\"server\":\"tickets\",\"tool\":\"create_refund\"}");
    }
  }

  @Test
  void doesNotTellThatAQuestionWasWithdrawnWhichNobodyHeard() throws Exception {
    try (Receiver receiver = asked("ap_1", KEY)) {
      approvals.withdraw("ap_1", now);
      approvals.open(question("ap_2"), NOON);
      begin();

      assertThat(receiver.next().header("webhook-id")).isEqualTo("ap_2");
      assertThat(state.deliveries().of("ap_1"))
          .extracting(Delivery::state)
          .containsExactly(Delivery.State.NEEDLESS);
    }
  }

  @Test
  void anotherProcessGoesOnWhereOneHasEnded() throws Exception {
    try (Receiver receiver = asked("ap_1", new Receiver.Reply(500, ""), KEY)) {
      WebhookSender first =
          begin(
              new WebhookSender.Pace(
                  List.of(Duration.ofMinutes(1)), SOON, 16, Duration.ofSeconds(10), Duration.ZERO));
      receiver.next();
      await(() -> delivery("ap_1").attempts() == 1);
      first.close();

      now = NOON.plus(Duration.ofMinutes(2));
      begin();

      assertThat(receiver.next().header("webhook-id")).isEqualTo("ap_1");
      awaitState("ap_1", Delivery.State.DELIVERED);
    }
  }

  @Test
  void ofTwoGatewaysOneDelivers() throws Exception {
    try (Receiver receiver = new Receiver();
        EmbeddedState other = EmbeddedState.open(folder, clock)) {
      webhooks.put("ops", target(receiver, KEY));
      begin();
      WebhookSender second =
          new WebhookSender(
              other.approvals(),
              answers,
              other.deliveries(),
              () -> webhooks,
              links,
              clock,
              new Random(2),
              new WebhookSender.Pace(
                  List.of(SOON), SOON, 16, Duration.ofSeconds(10), Duration.ZERO));
      senders.add(second);
      second.begin();

      for (int i = 0; i < 20; i++) {
        approvals.open(question("ap_" + i), NOON);
      }
      await(() -> receiver.waiting() >= 20);
      for (int i = 0; i < 20; i++) {
        awaitState("ap_" + i, Delivery.State.DELIVERED);
      }
      assertThat(receiver.waiting()).isEqualTo(20);
      second.close();
    }
  }

  @Test
  void asksAReceiverOnlySoManyThingsAtOnce() throws Exception {
    Receiver.Reply slow = new Receiver.Reply(Receiver.HANGS, "{\"decision\":\"approve\"}");
    try (Receiver receiver = new Receiver(slow, slow, slow)) {
      webhooks.put("ops", target(receiver, KEY));
      for (int i = 0; i < 3; i++) {
        approvals.open(question("ap_" + i), NOON);
      }
      begin(new WebhookSender.Pace(List.of(SOON), SOON, 2, Duration.ofSeconds(30), Duration.ZERO));
      receiver.next();
      receiver.next();
      assertThat(state.deliveries().due(now)).containsExactly("ops");
      assertThat(receiver.waiting()).isZero();

      receiver.letGo();
      receiver.next();
    }
  }

  private WebhookSender begin() {
    return begin(
        new WebhookSender.Pace(many(SOON), SOON, 16, Duration.ofSeconds(10), Duration.ZERO));
  }

  /** The clock of the test stands still: what is due later is due when it moves. */
  private WebhookSender begin(WebhookSender.Pace pace) {
    WebhookSender sender =
        new WebhookSender(
            approvals,
            answers,
            state.deliveries(),
            () -> webhooks,
            links,
            clock,
            new Random(1),
            pace);
    senders.add(sender);
    sender.watchedBy((_, delivered) -> {
      if (!delivered) {
        now = now.plusSeconds(1);
      }
    });
    sender.refusalsTo((code, approval, why) -> refused.add(code + " " + approval + " " + why));
    sender.begin();
    return sender;
  }

  private static List<Duration> many(Duration pause) {
    return java.util.Collections.nCopies(500, pause);
  }

  private static Receiver.Reply[] failures(int count) {
    Receiver.Reply[] replies = new Receiver.Reply[count];
    java.util.Arrays.fill(replies, new Receiver.Reply(500, ""));
    return replies;
  }

  private Receiver asked(String id, String... secrets) throws Exception {
    return asked(id, new Receiver.Reply(202, ""), secrets);
  }

  private Receiver asked(String id, Receiver.Reply reply, String... secrets) throws Exception {
    Receiver receiver = new Receiver(reply);
    webhooks.put("ops", target(receiver, secrets));
    approvals.open(question(id), NOON);
    return receiver;
  }

  static Approval question(String id) {
    return question(id, 1, NOON);
  }

  static Approval question(String id, int approvers, Instant created) {
    return new Approval(
        id,
        "binding of " + id,
        "laptop",
        "tickets",
        "create_refund",
        "{\"amount\":150.00}",
        "/tools/pay/approval",
        "More than 100.",
        Optional.of("ops"),
        "5fe1",
        approvers,
        created,
        created.plus(Duration.ofMinutes(15)),
        List.of(),
        Optional.empty());
  }

  private Approval stored(String id) {
    return approvals.find(id).orElseThrow();
  }

  private Approval.Status status(String id) {
    return stored(id).status(now);
  }

  private Delivery delivery(String id) {
    return state.deliveries().of(id).getFirst();
  }

  private void awaitState(String id, Delivery.State expected) throws InterruptedException {
    await(() -> delivery(id).state() == expected);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(2);
    }
  }

  private static WebhookTarget target(Receiver receiver, String... secrets) {
    return new WebhookTarget(
        "ops", receiver.url(), List.of(secrets).stream().map(Secret::new).toList());
  }

  private static String hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
