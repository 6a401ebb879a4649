package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedSessionsTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(60);

  @TempDir private Path data;
  private Instant now = NOON;

  private EndedSessions open() throws IOException {
    return EndedSessions.open(data, () -> now);
  }

  private Path file() {
    return data.resolve("ended-sessions.txt");
  }

  @Test
  void staysEndedAfterARestart() throws Exception {
    EndedSessions ended = open();
    ended.add("a", LATER);

    assertThat(ended.contains("a")).isTrue();
    assertThat(ended.contains("b")).isFalse();
    assertThat(open().contains("a")).isTrue();
    assertThat(Files.readString(file())).doesNotContain("a ").hasLineCount(1);
  }

  @Test
  void hearsOfWhatAnotherProcessEnded() throws Exception {
    EndedSessions here = open();
    EndedSessions there = open();
    here.add("a", LATER);
    there.add("b", LATER);

    assertThat(there.contains("a")).isTrue();
    assertThat(here.contains("b")).isTrue();
  }

  @Test
  void forgetsWhatHasExpired() throws Exception {
    EndedSessions ended = open();
    ended.add("a", LATER);
    ended.add("b", LATER.plusSeconds(1));
    now = LATER;

    EndedSessions next = open();

    assertThat(next.contains("a")).isFalse();
    assertThat(next.contains("b")).isTrue();
    assertThat(Files.readAllLines(file())).hasSize(1);
  }

  @Test
  void readsOnInAFileThatAnotherProcessHasTidied() throws Exception {
    EndedSessions here = open();
    here.add("a", LATER);
    here.add("b", LATER);
    here.add("c", LATER.plusSeconds(9));
    now = LATER;
    EndedSessions there = open();
    there.add("d", LATER.plusSeconds(9));

    assertThat(here.contains("d")).isTrue();
    assertThat(here.contains("c")).isTrue();
  }

  @Test
  void aLineThatWasCutShortSaysNothing() throws Exception {
    EndedSessions ended = open();
    ended.add("a", LATER);
    Files.writeString(
        file(), "not a line of ours, though it is long\nhalf", StandardOpenOption.APPEND);

    EndedSessions next = open();
    next.add("b", LATER);

    assertThat(next.contains("a")).isTrue();
    assertThat(open().contains("b")).isTrue();
    assertThat(Files.readAllLines(file())).hasSize(2);
  }

  @Test
  void forgetsTheOldestOfTooMany() {
    EndedSessions ended = new EndedSessions(file(), () -> now, 2);
    ended.add("a", LATER);
    ended.add("b", LATER);
    ended.add("c", LATER);

    assertThat(ended.contains("a")).isFalse();
    assertThat(ended.contains("b")).isTrue();
    assertThat(ended.contains("c")).isTrue();
  }
}
