package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Approvals in memory do what stored ones do. */
class MemoryApprovalsTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  @TempDir private Path folder;

  private static Approval question(String id) {
    return new Approval(
        id,
        "binding",
        "laptop",
        "files",
        "write",
        "{}",
        "rule",
        "",
        Optional.empty(),
        "r1",
        2,
        NOON,
        NOON.plusSeconds(60),
        List.of(),
        Optional.empty());
  }

  private static Approval.Answer answer(boolean approve, String by) {
    return new Approval.Answer(approve, by, "", NOON);
  }

  private static Approval.Answer byLink(String by) {
    return new Approval.Answer(true, by, "", NOON, Optional.of("approve-1"));
  }

  private static List<Object> told(Approvals approvals) {
    Function<Approval, Object> status = approval -> approval.status(NOON);
    return Stream.<Object>of(
            approvals.open(question("a"), NOON).isNew(),
            approvals.open(question("b"), NOON).approval().id(),
            approvals.decide("nobody", answer(true, "ann")),
            approvals.decide("a", answer(true, "ann")),
            approvals.decide("a", answer(true, "ann")),
            approvals.use("a", NOON),
            approvals.decide("a", answer(true, "ben")),
            approvals.decide("a", answer(true, "cat")),
            approvals.use("a", NOON),
            approvals.use("a", NOON),
            approvals.decide("a", answer(false, "ann")),
            approvals.open(question("c"), NOON).isNew(),
            approvals.find("a").map(status),
            approvals.list(NOON).stream().map(Approval::id).toList(),
            approvals.decide("c", answer(false, "ann")),
            approvals.decide("c", answer(true, "ben")),
            approvals.open(question("d"), NOON.plusSeconds(61)).isNew(),
            approvals.answer("d", byLink("ann")).decided(),
            approvals.answer("d", byLink("ben")).decided(),
            approvals.answer("d", answer(true, " ANN ")).decided(),
            approvals.withdraw("d", NOON),
            approvals.withdraw("d", NOON),
            approvals.decide("d", answer(true, "ben")),
            approvals.useAll(List.of("a", "d"), NOON),
            approvals.find("d").map(status),
            approvals.lastUsed(question("e")).map(Approval::id))
        .toList();
  }

  @Test
  void theyAreToldApartFromStoredOnesByNothing() {
    try (EmbeddedState state = EmbeddedState.open(folder, InstantSource.fixed(NOON))) {
      assertThat(told(new MemoryApprovals())).isEqualTo(told(state.approvals()));
    }
  }

  @Test
  void oneThatWasGivenBackIsGoodAgain() {
    MemoryApprovals approvals = new MemoryApprovals();
    approvals.open(question("a"), NOON);
    approvals.decide("a", answer(true, "ann"));
    approvals.decide("a", answer(true, "ben"));
    assertThat(approvals.use("a", NOON)).isTrue();

    approvals.giveBack("a");

    assertThat(approvals.use("a", NOON)).isTrue();
  }
}
