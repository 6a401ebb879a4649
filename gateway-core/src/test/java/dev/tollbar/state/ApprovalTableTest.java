package dev.tollbar.state;

import static dev.tollbar.state.Samples.approves;
import static dev.tollbar.state.Samples.denies;
import static dev.tollbar.state.Samples.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.state.Approvals.Decided;
import dev.tollbar.state.Approvals.Opened;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalTableTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final Instant OVER = NOW.plus(Duration.ofMinutes(15));

  @TempDir Path folder;
  private EmbeddedState state;
  private EmbeddedState otherProcess;
  private Approvals approvals;

  @BeforeEach
  void open() {
    state = EmbeddedState.open(folder, () -> NOW);
    otherProcess = EmbeddedState.open(folder, () -> NOW);
    approvals = state.approvals();
  }

  @AfterEach
  void close() {
    state.close();
    otherProcess.close();
  }

  @Test
  void keepsEveryPartOfAQuestion() {
    Opened opened = approvals.open(question("a", NOW), NOW);

    assertThat(opened).isEqualTo(new Opened(question("a", NOW), true));
    assertThat(approvals.find("a")).contains(question("a", NOW));
  }

  @Test
  void answersWithWhatWasStoredWhereTimesAreFinerThanAMillisecond() {
    Instant fine = NOW.plusNanos(1_234_567);

    assertThat(approvals.open(question("a", fine), fine).approval())
        .isEqualTo(question("a", NOW.plusMillis(1)));
  }

  @Test
  void theSameCallFindsItsApprovalPendingApprovedOrDenied() {
    approvals.open(question("first", "call", 1, NOW), NOW);
    assertThat(approvals.open(question("second", "call", 1, LATER), LATER))
        .isEqualTo(new Opened(question("first", "call", 1, NOW), false));

    approvals.decide("first", denies("ann", LATER));
    Opened found = approvals.open(question("third", "call", 1, LATER), LATER);

    assertThat(found.isNew()).isFalse();
    assertThat(found.approval().answers()).containsExactly(denies("ann", LATER));
    assertThat(approvals.list(LATER)).hasSize(1);
  }

  @Test
  void anotherBindingOrRuleIsAnotherApproval() {
    Approval first = question("first", "call", 1, NOW);
    approvals.open(first, NOW);
    assertThat(approvals.open(question("second", "another call", 1, NOW), NOW).isNew()).isTrue();

    Approval otherRule =
        new Approval(
            "third",
            "call",
            first.grant(),
            first.server(),
            first.tool(),
            first.arguments(),
            "another rule",
            first.reason(),
            Optional.empty(),
            first.revision(),
            2,
            NOW,
            OVER,
            List.of(),
            Optional.empty());

    assertThat(approvals.open(otherRule, NOW)).isEqualTo(new Opened(otherRule, true));
  }

  @Test
  void anExpiredOrUsedApprovalIsNotFoundAgain() {
    approvals.open(question("first", "call", 1, NOW), NOW);
    assertThat(approvals.open(question("second", "call", 1, OVER), OVER).isNew()).isTrue();
    approvals.decide("second", approves("ann", OVER));
    approvals.use("second", OVER);

    assertThat(approvals.open(question("third", "call", 1, OVER), OVER).isNew()).isTrue();
  }

  @Test
  void isUsedOnceAndOnlyWhenApproved() {
    approvals.open(question("a", NOW), NOW);
    assertThat(approvals.use("a", LATER)).isFalse();
    approvals.decide("a", approves("ann", LATER));

    assertThat(approvals.use("a", LATER)).isTrue();
    assertThat(approvals.use("a", LATER)).isFalse();
    assertThat(approvals.find("a").orElseThrow().used()).contains(LATER);
    assertThat(approvals.use("unknown", LATER)).isFalse();
  }

  @Test
  void isNotUsedWhenDeniedOrExpired() {
    approvals.open(question("denied", NOW), NOW);
    approvals.decide("denied", denies("ann", LATER));
    approvals.open(question("late", NOW), NOW);
    approvals.decide("late", approves("ann", LATER));

    assertThat(approvals.use("denied", LATER)).isFalse();
    assertThat(approvals.use("late", OVER)).isFalse();
    assertThat(approvals.use("late", OVER.minusMillis(1))).isTrue();
  }

  @Test
  void isUsableAgainWhenGivenBack() {
    approvals.open(question("a", NOW), NOW);
    approvals.decide("a", approves("ann", LATER));
    approvals.use("a", LATER);

    approvals.giveBack("a");

    assertThat(approvals.open(question("b", "binding of a", 1, LATER), LATER).isNew()).isFalse();
    assertThat(approvals.use("a", LATER)).isTrue();
    assertThat(approvals.use("a", LATER)).isFalse();
  }

  @Test
  void needsAsManyDifferentPeopleAsTheQuestionSays() {
    approvals.open(question("a", "call", 2, NOW), NOW);

    assertThat(approvals.decide("a", approves("ann", LATER))).isEqualTo(Decided.RECORDED);
    assertThat(approvals.decide("a", approves("ann", LATER))).isEqualTo(Decided.SAME_PERSON);
    assertThat(approvals.use("a", LATER)).isFalse();
    assertThat(approvals.decide("a", approves("bob", LATER))).isEqualTo(Decided.RECORDED);
    assertThat(approvals.decide("a", approves("eve", LATER))).isEqualTo(Decided.ALREADY_APPROVED);
    assertThat(approvals.use("a", LATER)).isTrue();
    assertThat(approvals.decide("a", denies("eve", LATER))).isEqualTo(Decided.ALREADY_USED);
  }

  @Test
  void oneDenialDenies() {
    approvals.open(question("a", "call", 2, NOW), NOW);
    approvals.decide("a", approves("ann", LATER));

    assertThat(approvals.decide("a", denies("bob", LATER))).isEqualTo(Decided.RECORDED);
    assertThat(approvals.decide("a", approves("eve", LATER))).isEqualTo(Decided.ALREADY_DENIED);
    assertThat(approvals.use("a", LATER)).isFalse();
  }

  @Test
  void canBeDeniedUntilItIsUsedEvenByWhoApproved() {
    approvals.open(question("a", NOW), NOW);
    approvals.decide("a", approves("ann", LATER));

    assertThat(approvals.decide("a", denies("ann", LATER))).isEqualTo(Decided.RECORDED);
    assertThat(approvals.use("a", LATER)).isFalse();
  }

  @Test
  void isNotDecidedWhenUnknownOrExpired() {
    approvals.open(question("a", NOW), NOW);

    assertThat(approvals.decide("b", approves("ann", LATER))).isEqualTo(Decided.UNKNOWN);
    assertThat(approvals.decide("a", approves("ann", OVER))).isEqualTo(Decided.EXPIRED);
    assertThat(approvals.decide("a", denies("ann", OVER))).isEqualTo(Decided.EXPIRED);
    assertThat(approvals.find("a").orElseThrow().answers()).isEmpty();
  }

  @Test
  void listsTheNewestFirstUntilADayAfterTheirEnd() {
    approvals.open(question("old", NOW), NOW);
    approvals.open(question("used", LATER), LATER);
    approvals.decide("used", approves("ann", LATER));
    approvals.use("used", LATER);
    approvals.open(question("new", OVER), OVER);

    assertThat(ids(approvals.list(OVER))).containsExactly("new", "used", "old");
    assertThat(ids(approvals.list(LATER.plus(Duration.ofDays(1)))))
        .containsExactly("new", "used", "old");
    assertThat(ids(approvals.list(LATER.plus(Duration.ofDays(1)).plusMillis(1))))
        .containsExactly("new", "old");
    assertThat(ids(approvals.list(OVER.plus(Duration.ofDays(1)).plusMillis(1))))
        .containsExactly("new");
  }

  @Test
  void prunesWhatEndedADayAgoWhenAnotherIsOpened() {
    approvals.open(question("old", NOW), NOW);
    approvals.decide("old", approves("ann", LATER));
    Instant dayAfter = OVER.plus(Duration.ofDays(1));
    approvals.open(question("b", dayAfter), dayAfter);
    assertThat(approvals.find("old")).isPresent();

    approvals.open(question("c", dayAfter), dayAfter.plusMillis(1));

    assertThat(approvals.find("old")).isEmpty();
    assertThat(approvals.find("b")).isPresent();
  }

  @Test
  void isGoodAgainForAsLongAsItMayBeReused() {
    Approval question = reusable("a", Duration.ofHours(1));
    approvals.open(question, NOW);
    approvals.decide("a", approves("ann", LATER));

    assertThat(approvals.use("a", LATER)).isTrue();
    approvals.giveBack("a"); // it needs none
    Instant almost = LATER.plus(Duration.ofHours(1)).minusMillis(1);
    assertThat(approvals.use("a", almost)).isTrue();
    assertThat(approvals.open(reusable("b", Duration.ofHours(1)), almost).isNew()).isFalse();
    assertThat(approvals.use("a", LATER.plus(Duration.ofHours(1)))).isFalse();
    assertThat(approvals.find("a").orElseThrow().status(LATER.plus(Duration.ofHours(1))))
        .isEqualTo(Approval.Status.USED);
    assertThat(
            approvals
                .open(reusable("c", Duration.ofHours(1)), LATER.plus(Duration.ofHours(1)))
                .isNew())
        .isTrue();
  }

  @Test
  void isUsableOnceUntilItExpiresHoweverShortlyItMayBeReused() {
    approvals.open(reusable("a", Duration.ofSeconds(1)), NOW);
    approvals.decide("a", approves("ann", NOW));

    assertThat(approvals.use("a", OVER.minusMillis(1))).isTrue();
    assertThat(approvals.use("a", OVER.minusMillis(1))).isFalse();
  }

  @Test
  void canBeDeniedWhileItMayBeReused() {
    approvals.open(reusable("a", Duration.ofHours(1)), NOW);
    approvals.decide("a", approves("ann", LATER));
    approvals.use("a", LATER);

    assertThat(approvals.decide("a", denies("bob", LATER))).isEqualTo(Decided.RECORDED);
    assertThat(approvals.use("a", LATER)).isFalse();
  }

  @Test
  void isWithdrawnWhilePendingOnly() {
    approvals.open(question("a", "call", 1, NOW), NOW);
    approvals.open(question("b", NOW), NOW);
    approvals.decide("b", approves("ann", LATER));

    assertThat(approvals.withdraw("a", LATER)).isTrue();
    assertThat(approvals.withdraw("a", LATER)).isFalse();
    assertThat(approvals.withdraw("b", LATER)).isFalse();
    assertThat(approvals.withdraw("unknown", LATER)).isFalse();
    assertThat(approvals.find("a").orElseThrow().withdrawn()).contains(LATER);
    assertThat(approvals.decide("a", approves("ann", LATER))).isEqualTo(Decided.WITHDRAWN);
    assertThat(approvals.use("a", LATER)).isFalse();
    assertThat(approvals.open(question("c", "call", 1, LATER), LATER).isNew()).isTrue();
  }

  @Test
  void aLinkIsGoodForOneAnswer() {
    approvals.open(question("a", "call", 2, NOW), NOW);
    Approval.Answer byLink = new Approval.Answer(true, "ann", "", LATER, Optional.of("approve-1"));
    Approval.Answer again = new Approval.Answer(true, "bob", "", LATER, Optional.of("approve-1"));

    assertThat(approvals.decide("a", byLink)).isEqualTo(Decided.RECORDED);
    assertThat(approvals.decide("a", again)).isEqualTo(Decided.LINK_USED);
    assertThat(approvals.find("a").orElseThrow().answers()).containsExactly(byLink);
  }

  @Test
  void allAreUsedOrNone() {
    approvals.open(question("a", NOW), NOW);
    approvals.open(question("b", NOW), NOW);
    approvals.decide("a", approves("ann", LATER));

    assertThat(approvals.useAll(List.of("a", "b"), LATER)).isFalse();
    assertThat(approvals.find("a").orElseThrow().used()).isEmpty();
    approvals.decide("b", approves("ann", LATER));
    assertThat(approvals.useAll(List.of("a", "b"), LATER)).isTrue();
  }

  @Test
  void aGrantHasOnlySoManyQuestionsOpen() {
    for (int i = 0; i < Approvals.MOST_OPEN; i++) {
      approvals.open(question("ap_" + i, NOW), NOW);
    }

    assertThatThrownBy(() -> approvals.open(question("more", NOW), NOW))
        .isInstanceOf(TooManyQuestionsException.class)
        .hasMessage("100 questions of this grant are open");
    assertThat(approvals.open(question("again", "binding of ap_7", 1, NOW), NOW).isNew()).isFalse();
    approvals.decide("ap_7", denies("ann", LATER));
    assertThat(approvals.open(question("more", LATER), LATER).isNew()).isTrue();
    assertThatThrownBy(() -> approvals.open(question("most", LATER), LATER))
        .isInstanceOf(TooManyQuestionsException.class);
    approvals.decide("ap_8", approves("ann", LATER));
    assertThat(approvals.open(question("most", LATER), LATER).isNew()).isTrue();
    assertThat(approvals.open(question("late", OVER), OVER).isNew()).isTrue();
  }

  @Test
  void theLastCallOfTheSameKindIsKeptToCompareWith() {
    approvals.open(question("first", NOW), NOW);
    approvals.decide("first", approves("ann", NOW));
    approvals.use("first", NOW);
    approvals.open(question("second", LATER), LATER);
    approvals.decide("second", approves("ann", LATER));
    approvals.use("second", LATER);
    Instant days = LATER.plus(Duration.ofDays(5));
    approvals.open(question("third", days), days);

    assertThat(approvals.find("first")).isEmpty();
    assertThat(approvals.lastUsed(question("third", days)).map(Approval::id)).contains("second");
    assertThat(ids(approvals.list(days))).containsExactly("third");
    Instant months = LATER.plus(Duration.ofDays(31));
    approvals.open(question("fourth", months), months);
    assertThat(approvals.lastUsed(question("fourth", months))).isEmpty();
  }

  private static Approval reusable(String id, Duration reuse) {
    Approval once = question(id, "call", 1, NOW);
    return new Approval(
        once.id(),
        once.binding(),
        once.grant(),
        once.server(),
        once.tool(),
        once.arguments(),
        once.rule(),
        once.reason(),
        once.webhook(),
        once.revision(),
        once.approvers(),
        once.created(),
        once.expires(),
        once.answers(),
        once.used(),
        reuse,
        Optional.empty());
  }

  @Test
  void ofManyProcessesAndThreadsOneOpensDecidesAndUses() throws InterruptedException {
    for (int round = 0; round < 5; round++) {
      String call = "call " + round;

      List<Opened> opened =
          race(store ->
              store.open(question(call + Thread.currentThread().getName(), call, 1, NOW), NOW));
      assertThat(opened).filteredOn(Opened::isNew).hasSize(1);
      assertThat(opened.stream().map(o -> o.approval().id()).distinct()).hasSize(1);
      String id = opened.getFirst().approval().id();

      List<Decided> decided =
          race(store -> store.decide(id, approves(Thread.currentThread().getName(), LATER)));
      assertThat(decided).filteredOn(Decided.RECORDED::equals).hasSize(1);
      assertThat(Collections.frequency(decided, Decided.ALREADY_APPROVED))
          .isEqualTo(decided.size() - 1);

      assertThat(race(store -> store.use(id, LATER))).filteredOn(won -> won).hasSize(1);
    }
  }

  /** The same work by four threads on each of two connections, all at once. */
  private <T> List<T> race(Function<Approvals, T> work) throws InterruptedException {
    Queue<T> results = new ConcurrentLinkedQueue<>();
    Together.run(
        Thread.ofPlatform().name("person ", 0),
        8,
        thread -> results.add(work.apply((thread % 2 == 0 ? state : otherProcess).approvals())));
    assertThat(results).hasSize(8);
    return List.copyOf(results);
  }

  private static List<String> ids(List<Approval> list) {
    return list.stream().map(Approval::id).toList();
  }
}
