package dev.tollbar.transport.stdio;

import static dev.tollbar.transport.stdio.Fixture.LONG;
import static dev.tollbar.transport.stdio.Fixture.call;
import static dev.tollbar.transport.stdio.Fixture.config;
import static dev.tollbar.transport.stdio.Fixture.shell;
import static dev.tollbar.transport.stdio.Fixture.text;
import static dev.tollbar.transport.stdio.Fixture.transport;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StdioTransportTest {
  /** Answers each line with the process ids of itself and what it has started. */
  private static final String WITH_CHILD =
      "(trap '' TERM; while :; do sleep 1; done) & child=$!; "
          + "while read line; do echo \"{\\\"id\\\":1,\\\"result\\\":[$$,$child]}\"; done";

  @Test
  void closingASessionEndsGrandchildrenThatIgnoreIt() throws Exception {
    try (StdioTransport transport = transport(shell(WITH_CHILD))) {
      UpstreamSession session = transport.connect();
      List<Long> pids = pids(text(session.send(call(1))));
      assertThat(pids).hasSize(2).allMatch(StdioTransportTest::runs);
      session.close();
      assertThat(pids).noneMatch(StdioTransportTest::runs);
      assertThat(session.alive()).isFalse();
      assertThat(transport.health()).isEqualTo(new Health(true, "0 processes"));
    }
  }

  @Test
  void grandchildrenEndWithAServerThatCrashes() throws Exception {
    StdioTransport transport = transport(shell(WITH_CHILD));
    UpstreamSession session = transport.connect();
    List<Long> pids = pids(text(session.send(call(1))));
    ProcessHandle.of(pids.getFirst()).orElseThrow().destroyForcibly();
    assertThatThrownBy(() -> session.send(call(2))).isInstanceOf(UpstreamException.class);
    transport.close();
    assertThat(pids).noneMatch(StdioTransportTest::runs);
  }

  @Test
  void closingTheTransportEndsEverySession() throws Exception {
    StdioTransport transport = transport(shell(WITH_CHILD));
    List<Long> pids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      pids.addAll(pids(text(transport.connect().send(call(1)))));
    }
    assertThat(transport.health()).isEqualTo(new Health(true, "3 processes"));
    transport.close();
    assertThat(pids).hasSize(6).noneMatch(StdioTransportTest::runs);
  }

  @Test
  void aServerThatEndsWithItsInputIsLeftToDoSo() throws Exception {
    java.nio.file.Path said = java.nio.file.Files.createTempFile("said", ".txt");
    try (StdioTransport transport = transport(shell("cat >/dev/null; echo by itself > " + said))) {
      transport.connect().close();
      assertThat(said).hasContent("by itself");
    } finally {
      java.nio.file.Files.delete(said);
    }
  }

  @Test
  void startsNoMoreProcessesThanAllowed() throws Exception {
    try (StdioTransport transport = transport(config("cat", List.of(), 2, LONG))) {
      UpstreamSession first = transport.connect();
      transport.connect();
      assertThatThrownBy(transport::connect)
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXHAUSTED))
          .hasMessage("all 2 processes are in use (transport option max_processes)");
      first.close();
      assertThat(transport.connect().alive()).isTrue();
    }
  }

  @Test
  void endsSessionsThatNobodyUsesButNotThoseThatSomebodyListensTo() throws Exception {
    try (StdioTransport transport =
        transport(config("cat", List.of(), 4, Duration.ofMillis(200)))) {
      UpstreamSession heard = transport.connect();
      heard.listen(Optional.empty());
      UpstreamSession idle = transport.connect();
      while (idle.alive()) {
        Thread.sleep(10);
      }
      assertThatThrownBy(() -> idle.send(call(1)))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SESSION_LOST))
          .hasMessage("the session was closed");
      assertThat(heard.alive()).isTrue();
    }
  }

  @Test
  void refusesToStartAgainTooSoonAfterCrashes() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T00:00:00Z"));
    try (StdioTransport transport =
        transport(shell("exit 1"), LONG, LoggerFactory.getLogger("test"), now::get)) {
      for (int i = 0; i < 5; i++) {
        int crash = i;
        UpstreamSession session = transport.connect();
        assertThatThrownBy(() -> session.send(call(1))).isInstanceOf(UpstreamException.class);
        now.updateAndGet(time -> time.plusMillis(crash < 4 ? 30_000 : 500));
      }
      String why = "the server ended with exit code 1; restarting in 4 s";
      assertThatThrownBy(transport::connect)
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
                assertThat(e.delivered()).isFalse();
              })
          .hasMessage(why);
      assertThat(transport.health()).isEqualTo(new Health(false, why));
    }
  }

  private static List<Long> pids(String answer) {
    List<Long> pids = new ArrayList<>();
    Matcher numbers = Pattern.compile("[0-9]+").matcher(answer.substring(answer.indexOf('[')));
    while (numbers.find()) {
      pids.add(Long.parseLong(numbers.group()));
    }
    return pids;
  }

  /** A process that has ended, but that nobody has taken note of, does not run. */
  private static boolean runs(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isPresent();
  }
}
