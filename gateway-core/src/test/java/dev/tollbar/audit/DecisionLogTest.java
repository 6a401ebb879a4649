package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DecisionLogTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final DecisionLog.Settings QUICK =
      new DecisionLog.Settings(
          64, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(20));

  @TempDir Path data;

  @Test
  void writesOneJsonLineForARecord() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      log.append(
          DecisionRecord.at(Instant.parse("2026-11-23T12:00:00.123456789Z"))
              .policy("5fe1", "tickets")
              .server("tickets")
              .grant("laptop")
              .session("aa11")
              .requestId("17")
              .protocolRevision("2025-11-25")
              .method("tools/call")
              .tool("create_refund")
              .arguments(List.of("amount", "reason"), "beef")
              .deny("rule", "ceiling", "Refunds above 100 need finance.")
              .ruleId("ceiling")
              .rulePointer("/tools/create_refund/script")
              .values(Map.of("args.amount", "120.50"))
              .debug(List.of("/tools/create_refund/script: amount 120.5"))
              .limits(
                  List.of(
                      new DecisionRecord.LimitState(
                          "/all_tools/limits/0",
                          Optional.of("60 per minute"),
                          Optional.of(new BigDecimal("60")),
                          new BigDecimal("12"),
                          OptionalLong.of(30_000),
                          true)))
              .upstreamReason("timeout")
              .plugin("rule-script@0.1.0")
              .trace(
                  List.of(
                      new DecisionRecord.RuleTrace(
                          "/tools/create_refund/require/0",
                          Optional.of("/tools/create_refund/require/0"),
                          "require",
                          "rule-conditions@0.1.0",
                          "permit",
                          Optional.empty(),
                          false),
                      new DecisionRecord.RuleTrace(
                          "ceiling",
                          Optional.of("/tools/create_refund/script"),
                          "script",
                          "rule-script@0.1.0",
                          "deny",
                          Optional.of("Refunds above 100 need finance."),
                          true)))
              .approvals(List.of("ap_1"))
              .stage(Stage.DECIDE, 120)
              .stage(Stage.PARSE, 31)
              .upstream(UpstreamOutcome.protocolError(-32602))
              .status(200)
              .build());
    }

    assertThat(text())
        .isEqualTo(
            "{\"time\":\"2026-11-23T12:00:00.123456Z\",\"decision\":\"deny\",\"code\":\"rule\","
                + "\"rule\":\"ceiling\",\"rule_id\":\"ceiling\","
                + "\"rule_pointer\":\"/tools/create_refund/script\",\"plugin\":\"rule-script@0.1.0\","
                + "\"reason\":\"Refunds above 100 need finance.\",\"grant\":\"laptop\","
                + "\"server\":\"tickets\",\"policy\":\"tickets\",\"revision\":\"5fe1\","
                + "\"session\":\"aa11\",\"request_id\":17,\"protocol_revision\":\"2025-11-25\","
                + "\"method\":\"tools/call\",\"tool\":\"create_refund\","
                + "\"argument_keys\":[\"amount\",\"reason\"],\"arguments_hmac\":\"beef\","
                + "\"values\":{\"args.amount\":120.50},"
                + "\"trace\":[{\"rule\":\"/tools/create_refund/require/0\",\"kind\":\"require\","
                + "\"plugin\":\"rule-conditions@0.1.0\",\"verdict\":\"permit\"},"
                + "{\"rule\":\"ceiling\",\"pointer\":\"/tools/create_refund/script\",\"kind\":\"script\","
                + "\"plugin\":\"rule-script@0.1.0\",\"verdict\":\"deny\","
                + "\"reason\":\"Refunds above 100 need finance.\",\"shadow\":true}],"
                + "\"debug\":[\"/tools/create_refund/script: amount 120.5\"],"
                + "\"limits\":[{\"rule\":\"/all_tools/limits/0\",\"limit\":\"60 per minute\",\"max\":\"60\","
                + "\"remaining\":\"12\",\"resets_ms\":30000,\"shadow\":true}],"
                + "\"approvals\":[\"ap_1\"],\"stages_us\":{\"parse\":31,\"decide\":120},"
                + "\"upstream\":\"protocol_error\",\"upstream_code\":-32602,"
                + "\"upstream_reason\":\"timeout\",\"status\":200}\n");
  }

  @Test
  void leavesOutWhatIsNotKnown() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      log.append(DecisionRecord.at(NOON).build());
    }

    assertThat(text())
        .isEqualTo(
            "{\"time\":\"2026-11-23T12:00:00.000000Z\",\"decision\":\"deny\",\"upstream\":\"none\"}\n");
  }

  @Test
  void escapesWhatClientsSendSoThatALineStaysALine() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      log.append(DecisionRecord.at(NOON).requestId("\"a\\n\\\"b\"").tool("x\ny\u2028").build());
      log.append(DecisionRecord.at(NOON).requestId("{\"x\":1}").tool("lone \ud800").build());
      log.append(DecisionRecord.at(NOON).tool("t".repeat(499) + "\ud83d\ude00tail").build());
    }

    String head = "{\"time\":\"2026-11-23T12:00:00.000000Z\",\"decision\":\"deny\",";
    assertThat(lines())
        .containsExactly(
            head + "\"request_id\":\"a\\n\\\"b\",\"tool\":\"x\\ny\u2028\",\"upstream\":\"none\"}",
            head
                + "\"request_id\":\"{\\\"x\\\":1}\",\"tool\":\"lone \\uD800\",\"upstream\":\"none\"}",
            head + "\"tool\":\"" + "t".repeat(499) + "…\",\"upstream\":\"none\"}");
  }

  @Test
  void keepsTheOrderOfOneThread() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      for (int i = 0; i < 5000; i++) {
        log.append(numbered(i));
      }
    }

    assertThat(numbers()).isEqualTo(IntStream.range(0, 5000).boxed().toList());
  }

  @Test
  void hasWrittenWithoutBeingClosed() throws Exception {
    DecisionLog log = DecisionLog.open(data, QUICK);

    log.append(numbered(1));

    await(() -> numbers().equals(List.of(1)));
    log.close();
  }

  @Test
  void sharesItsFileWithAnotherProcess() throws Exception {
    List<Thread> threads = new ArrayList<>();
    try (DecisionLog one = DecisionLog.open(data, DecisionLog.Settings.defaults());
        DecisionLog other = DecisionLog.open(data, DecisionLog.Settings.defaults())) {
      for (DecisionLog log : List.of(one, other)) {
        threads.add(
            Thread.startVirtualThread(() -> {
              for (int i = 0; i < 2000; i++) {
                append(log, numbered(i));
              }
            }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    List<Integer> numbers = numbers();
    assertThat(numbers).hasSize(4000);
    assertThat(numbers.stream().distinct()).hasSize(2000);
  }

  @Test
  void isForItsOwnerOnly() throws Exception {
    DecisionLog.open(data, QUICK).close();

    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void refusesACallerThatFindsNoPlaceInTime() throws Exception {
    DecisionLog.Settings two =
        new DecisionLog.Settings(
            2, Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(20));
    try (DecisionLog log = DecisionLog.open(data, two);
        DecisionLog.Slot _ = log.claim()) {
      DecisionLog.Slot second = log.claim();

      assertThatThrownBy(log::claim)
          .isInstanceOf(RecordingException.class)
          .hasMessage("2 decision records wait to be written, and none was within 50 ms");

      second.close();
      second.close();
      log.append(numbered(1));
      await(() -> numbers().equals(List.of(1)));
      log.append(numbered(2));
    }

    assertThat(numbers()).containsExactly(1, 2);
  }

  @Test
  void refusesACallerAtOnceWhereItIsToldNotToWait() throws Exception {
    DecisionLog.Settings one =
        new DecisionLog.Settings(
            1, Duration.ofMillis(20), Duration.ofDays(1), Duration.ofMillis(20));
    try (DecisionLog log = DecisionLog.open(data, one)) {
      log.adjust(new DecisionLog.Terms(Rotation.DEFAULT, false));
      try (DecisionLog.Slot _ = log.claim()) {
        assertThatThrownBy(log::claim)
            .isInstanceOf(RecordingException.class)
            .hasMessage("1 decision records wait to be written");
      }
    }
  }

  @Test
  void boundsTheLinesThatStrangersCauseAndCountsTheRest() throws Exception {
    Instant[] now = {NOON};
    try (DecisionLog log = DecisionLog.open(data, QUICK, () -> now[0])) {
      for (int i = 0; i < 25; i++) {
        log.refused(DecisionRecord.at(NOON).deny("unknown_grant", "No.").build());
      }
      log.refused(DecisionRecord.at(NOON).deny("malformed", "No.").build());
      now[0] = NOON.plusSeconds(1);
      log.refused(DecisionRecord.at(now[0]).deny("unknown_grant", "No.").build());
    }

    List<String> lines = lines();
    assertThat(lines.stream().filter(line -> line.contains("\"code\":\"malformed\""))).hasSize(1);
    assertThat(lines.stream().filter(line -> line.contains("\"decision\":\"deny\",\"code\":\"unk")))
        .hasSize(11);
    assertThat(lines)
        .contains(
            "{\"time\":\"2026-11-23T12:00:01.000000Z\",\"event\":\"suppressed\",\"code\":\"unknown_grant\","
                + "\"count\":15,\"from\":\"2026-11-23T12:00:00Z\",\"through\":\"2026-11-23T12:00:00Z\"}");
  }

  @Test
  void recordsEveryRefusalOfSomebodyWhoIsKnown() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK, () -> NOON)) {
      for (int i = 0; i < 25; i++) {
        log.refused(DecisionRecord.at(NOON).grant("laptop").deny("unknown_method", "No.").build());
      }
    }

    assertThat(lines()).hasSize(25);
  }

  @Test
  void countsRefusalsWhileNothingCanBeWritten() throws Exception {
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    DecisionLog log = DecisionLog.open(data, QUICK);
    log.append(numbered(1));
    await(() -> !log.healthy());

    log.refused(DecisionRecord.at(NOON).grant("laptop").deny("store_unavailable", "No.").build());
    Files.delete(file());
    await(log::healthy);
    log.close();

    assertThat(lines().stream().filter(line -> line.contains("\"suppressed\"")))
        .singleElement()
        .asString()
        .contains("\"code\":\"store_unavailable\",\"count\":1");
  }

  @Test
  void hasWrittenARecordWhenItReturns() throws Exception {
    DecisionLog log = DecisionLog.open(data, QUICK);
    List<Thread> threads = new ArrayList<>();
    Queue<Integer> missed = new ConcurrentLinkedQueue<>();
    for (int t = 0; t < 8; t++) {
      int first = t * 100;
      threads.add(
          Thread.startVirtualThread(() -> {
            for (int i = first; i < first + 100; i++) {
              writeThrough(log, numbered(i));
              if (!numbers().contains(i)) {
                missed.add(i);
              }
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(missed).isEmpty();
    assertThat(numbers()).hasSize(800).doesNotHaveDuplicates();
    log.close();
  }

  @Test
  void writesThoughTheCallIsInterruptedAndLeavesTheInterruptForIt() throws Exception {
    DecisionLog log = DecisionLog.open(data, QUICK);

    Thread.currentThread().interrupt();
    writeThrough(log, numbered(1));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(numbers()).containsExactly(1);
    assertThat(log.healthy()).isTrue();
    log.close();
  }

  @Test
  void doesNotKeepACallerWhoseRecordCannotBeWrittenNow() throws Exception {
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    DecisionLog.Settings patient =
        new DecisionLog.Settings(
            64, Duration.ofMillis(20), Duration.ofDays(1), Duration.ofMillis(20));
    DecisionLog log = DecisionLog.open(data, patient);

    writeThrough(log, numbered(1));

    assertThat(log.healthy()).isFalse();
    Files.delete(file());
    await(log::healthy);
    assertThat(numbers()).containsExactly(1);
    log.close();
  }

  @Test
  void rotatesByTheTermsInForce() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      log.append(numbered(1));
      await(() -> numbers().equals(List.of(1)));
      log.adjust(
          new DecisionLog.Terms(new Rotation(1, Duration.ofDays(1), OptionalInt.empty()), true));
      log.append(numbered(2));
      await(() -> numbers().equals(List.of(2)));
    }
  }

  @Test
  void takesOneRecordInASlot() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      DecisionLog.Slot slot = log.claim();
      slot.write(numbered(1));

      assertThatThrownBy(() -> slot.write(numbered(2)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a slot takes one record");
    }

    assertThat(numbers()).containsExactly(1);
  }

  @Test
  void deniesWhileTheDiskIsFullAndLosesNothing() throws Exception {
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    DecisionLog log = DecisionLog.open(data, QUICK);
    log.append(numbered(1));
    await(() -> !log.healthy());

    assertThatThrownBy(() -> log.append(numbered(2)))
        .isInstanceOf(RecordingException.class)
        .hasMessage(
            "decision records cannot be written to " + file() + ": No space left on device");

    Files.delete(file());
    await(log::healthy);
    log.append(numbered(3));
    log.close();
    assertThat(numbers()).containsExactly(1, 3);
  }

  @Test
  void saysHowManyRecordsWereLostWhenItHadToClose() throws Exception {
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    DecisionLog log = DecisionLog.open(data, QUICK);
    log.append(numbered(1));

    assertThatThrownBy(log::close)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "1 decision records were lost: decision records cannot be written to "
                + file()
                + ": No space left on device");
  }

  @Test
  void goesOnInANewFileWhenTheOldOneWasMovedAway() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, QUICK)) {
      log.append(numbered(1));
      await(() -> numbers().equals(List.of(1)));
      Files.move(file(), data.resolve("decisions.1.jsonl"));
      int next = 2;
      while (!Files.exists(file())) {
        log.append(numbered(next++));
        Thread.onSpinWait();
      }
    }

    assertThat(lines().getFirst()).contains("\"event\":\"missing\",\"file_begins\":1,");
    assertThat(lines()).hasSizeGreaterThan(1);
    assertThat(Files.readAllLines(data.resolve("decisions.1.jsonl"))).isNotEmpty();
  }

  @Test
  void cannotBeOpenedWhereItsFileIsAFolder() throws Exception {
    Files.createDirectory(file());

    assertThatThrownBy(() -> DecisionLog.open(data, QUICK))
        .isInstanceOf(IOException.class)
        .hasMessage("decision records cannot be written to " + file() + ": Is a directory");
  }

  @Test
  void recordsNothingAfterItWasClosed() throws Exception {
    DecisionLog log = DecisionLog.open(data, QUICK);
    log.close();

    assertThat(log.healthy()).isFalse();
    assertThatThrownBy(() -> log.append(numbered(1)))
        .isInstanceOf(RecordingException.class)
        .hasMessage("the decision log is closed");
  }

  @Test
  void waitsAtItsEndForSlotsThatAreStillHeld() throws Exception {
    DecisionLog log =
        DecisionLog.open(
            data,
            new DecisionLog.Settings(
                8, Duration.ofMillis(20), Duration.ofSeconds(30), Duration.ofMillis(20)));
    DecisionLog.Slot slot = log.claim();
    Thread closing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                log.close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    await(() -> !log.healthy());

    slot.write(numbered(1));
    closing.join();

    assertThat(numbers()).containsExactly(1);
  }

  private static DecisionRecord numbered(int number) {
    return DecisionRecord.at(NOON).permit().status(number).build();
  }

  private static void append(DecisionLog log, DecisionRecord record) {
    try {
      log.append(record);
    } catch (RecordingException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void writeThrough(DecisionLog log, DecisionRecord record) {
    try (DecisionLog.Slot slot = log.claim()) {
      slot.writeThrough(record);
    } catch (RecordingException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(2);
    }
  }

  private Path file() {
    return data.resolve("decisions.jsonl");
  }

  private String text() throws IOException {
    return Files.readString(file())
        .replaceAll("\\{\"seq\":\\d+,(\"previous\":\"[0-9a-f]{64}\",)?", "{")
        .replaceAll(",\"chain\":\"[0-9a-f]{64}\"}", "}");
  }

  /** The whole lines, without what the chain adds: one may be on its way. */
  private List<String> lines() throws IOException {
    List<String> lines = List.of(text().split("\n", -1));
    return lines.subList(0, lines.size() - 1);
  }

  private List<Integer> numbers() {
    try {
      return lines().stream()
          .map(line -> line.replaceAll(".*\"status\":(\\d+)}$", "$1"))
          .map(Integer::parseInt)
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
