package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ChainCheckTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  @TempDir Path data;

  private ChainKey key = new ChainKey(new byte[32]);
  private Instant now = NOON;
  private Rotation rotation = Rotation.DEFAULT;
  private final List<String> faults = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    key = ChainKey.open(data, new SecureRandom());
  }

  @Test
  void findsNothingInALogAsItWasWritten() throws Exception {
    write(5);
    write(3);

    ChainCheck.Report report = check();

    assertThat(faults).isEmpty();
    assertThat(report.lines()).isEqualTo(8);
    assertThat(report.files()).containsExactly(new ChainCheck.CheckedFile(current(), 8, 1, 8));
    assertThat(report.first()).contains(NOON);
    assertThat(report.newest().orElseThrow().seq()).isEqualTo(8);
  }

  @Test
  void findsAnEditedLine() throws Exception {
    write(5);
    List<String> lines = lines();
    lines.set(2, lines.get(2).replace("\"tool\":\"t3\"", "\"tool\":\"t4\""));
    put(lines);

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:3: is not as it was written, or does not follow the line before it");
  }

  @Test
  void findsAnEditedLink() throws Exception {
    write(5);
    List<String> lines = lines();
    lines.set(2, lines.get(2).replaceAll("\"chain\":\"....", "\"chain\":\"0000"));
    put(lines);

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:3: is not as it was written, or does not follow the line before it");
  }

  @Test
  void findsARemovedLine() throws Exception {
    write(5);
    List<String> lines = lines();
    lines.remove(2);
    put(lines);

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:3: line 3 of the log is missing before this one",
            "decisions.jsonl:3: cannot be checked, because the line before it is not there as it was written");
  }

  @Test
  void findsALineThatWasPutIn() throws Exception {
    write(3);
    List<String> lines = lines();
    lines.add(1, "{\"time\":\"2026-11-26T12:00:00Z\",\"decision\":\"permit\"}");
    put(lines);

    check();

    assertThat(faults)
        .containsExactly("decisions.jsonl:2: is no line of the log: it was edited, or put in");
  }

  @Test
  void findsLinesInTheWrongOrder() throws Exception {
    write(5);
    List<String> lines = lines();
    Collections.swap(lines, 2, 3);
    put(lines);

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:3: line 3 of the log is missing before this one",
            "decisions.jsonl:3: cannot be checked, because the line before it is not there as it was written",
            "decisions.jsonl:4: line 3 of the log stands here again, or in the wrong place; expected line 5");
  }

  @Test
  void findsALineThatStandsThereTwice() throws Exception {
    write(3);
    List<String> lines = lines();
    lines.add(lines.getLast());
    put(lines);

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:4: line 3 of the log stands here again, or in the wrong place; expected line 4");
  }

  @Test
  void findsWhatWasCutOffAtTheEnd() throws Exception {
    write(5);
    put(lines().subList(0, 3));

    check();

    assertThat(faults)
        .containsExactly("decisions.jsonl: lines 4 to 5 of the log are missing at the end");
  }

  @Test
  void findsWhatWasCutOffAtTheBeginning() throws Exception {
    write(5);
    put(lines().subList(2, 5));

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:1: lines 1 to 2 of the log are missing before this one",
            "decisions.jsonl:1: is not the first line of a file, so lines are missing before it");
  }

  @Test
  void findsARotatedFileThatIsGone() throws Exception {
    rotation = new Rotation(1, Duration.ofDays(1), OptionalInt.empty());
    write(1);
    write(1);
    write(1);
    write(1);
    assertThat(ChainCheck.filesOf(data)).hasSize(4);
    Files.delete(ChainCheck.filesOf(data).get(1));

    check();

    assertThat(faults).hasSize(2);
    assertThat(faults.getFirst()).endsWith(": line 2 of the log is missing before this one");
    Files.delete(ChainCheck.filesOf(data).getFirst());
    check();
    assertThat(faults.getFirst()).endsWith(": lines 1 to 2 of the log are missing before this one");
  }

  @Test
  void knowsWhichFilesRotationHasRemoved() throws Exception {
    rotation = new Rotation(1, Duration.ofDays(1), OptionalInt.of(2));
    for (int i = 0; i < 6; i++) {
      write(1);
    }

    ChainCheck.Report report = check();

    assertThat(faults).isEmpty();
    assertThat(report.files()).hasSize(3);
    assertThat(report.files().getFirst().from()).isEqualTo(4);
    Files.delete(ChainCheck.filesOf(data).getFirst());
    check();
    assertThat(faults.getFirst()).endsWith(": line 4 of the log is missing before this one");
  }

  @Test
  void rotatesByAge() throws Exception {
    write(2);
    now = NOON.plus(Duration.ofHours(25));
    write(2);

    ChainCheck.Report report = check();

    assertThat(faults).isEmpty();
    assertThat(report.files().stream().map(file -> file.file().getFileName().toString()))
        .containsExactly("decisions-20261127T130000Z-1.jsonl", "decisions.jsonl");
  }

  @Test
  void checksARotatedFileByItself() throws Exception {
    rotation = new Rotation(1, Duration.ofDays(1), OptionalInt.empty());
    write(1);
    write(3);
    write(1);
    Path second = ChainCheck.filesOf(data).get(1);

    assertThat(checkFile(second).lines()).isEqualTo(3);
    assertThat(faults).isEmpty();

    Files.writeString(second, String.join("\n", Files.readAllLines(second).subList(1, 3)) + "\n");
    checkFile(second);
    assertThat(faults)
        .containsExactly(
            second.getFileName()
                + ":1: is not the first line of a file, so lines are missing before it");
  }

  @Test
  void findsAHeadThatIsGoneOrEdited() throws Exception {
    write(2);
    Path head = data.resolve("decisions.head");
    String text = Files.readString(head);
    Files.writeString(head, text.replace("\"seq\":2", "\"seq\":1"));

    check();

    assertThat(faults)
        .containsExactly(
            "decisions.head: was not made with this key, or was edited: whether lines are missing at the end cannot be told");
    Files.delete(head);
    check();
    assertThat(faults)
        .containsExactly(
            "decisions.head: is not there: whether lines are missing at the end cannot be told");
  }

  @Test
  void findsWithAnAnchorThatTheWholeFolderWasPutBack() throws Exception {
    write(2);
    byte[] oldHead = Files.readAllBytes(data.resolve("decisions.head"));
    List<String> old = lines();
    write(2);
    ChainCheck.Anchor anchor = check().newest().orElseThrow();
    Files.write(data.resolve("decisions.head"), oldHead);
    put(old);

    check();
    assertThat(faults).as("without an anchor").isEmpty();

    check(Optional.of(anchor));
    assertThat(faults)
        .containsExactly("decisions.jsonl: lines 3 to 4 of the log are missing at the end");

    now = NOON.plusSeconds(9); // the gateway went on with it
    write(4);
    check(Optional.of(anchor));
    assertThat(faults)
        .containsExactly("decisions.jsonl:4: is another line 4 than was known before");
  }

  @Test
  void readsAnAnchorAsItWritesIt() {
    ChainCheck.Anchor anchor = new ChainCheck.Anchor(12, "ab".repeat(32));

    assertThat(ChainCheck.Anchor.of(anchor.toString())).contains(anchor);
    assertThat(ChainCheck.Anchor.of("12")).isEmpty();
  }

  @Test
  void takesATornLineOffAndSaysSo() throws Exception {
    write(2);
    Files.writeString(current(), Files.readString(current()) + "{\"seq\":3,\"ti");
    check();
    assertThat(faults).isEmpty();
    assertThat(notes)
        .containsExactly(
            "decisions.jsonl:3: the last line is not complete: it is being written, or its writer was killed");

    write(1);

    check();
    assertThat(faults).isEmpty();
    assertThat(lines()).hasSize(4);
    assertThat(lines().get(2))
        .contains("\"event\":\"torn\",\"bytes\":12,\"text\":\"{\\\"seq\\\":3,\\\"ti\"");
    assertThat(notes)
        .containsExactly(
            "decisions.jsonl:3: tells that a line was cut short by a crash, and taken off");
  }

  @Test
  void keepsLinesThatWereWrittenBeforeACrashLeftTheHeadBehind() throws Exception {
    write(2);
    byte[] head = Files.readAllBytes(data.resolve("decisions.head"));
    write(3);
    Files.write(data.resolve("decisions.head"), head);
    check();
    assertThat(faults).isEmpty();

    write(1);

    assertThat(check().lines()).isEqualTo(6);
    assertThat(faults).isEmpty();
    assertThat(notes).isEmpty();
  }

  @Test
  void goesOnAfterACrashBetweenTheStepsOfARotation() throws Exception {
    write(2);
    Files.move(current(), DecisionFiles.rotated(data, NOON, 1));

    write(1);

    assertThat(check().lines()).isEqualTo(3);
    assertThat(faults).isEmpty();
    assertThat(notes).isEmpty();
  }

  @Test
  void tellsInTheLogThatLinesWereMissing() throws Exception {
    write(3);
    put(lines().subList(0, 2));

    write(1);

    check();
    assertThat(notes)
        .containsExactly("decisions.jsonl:3: tells that lines were missing when writing went on");
    assertThat(faults.getFirst())
        .isEqualTo("decisions.jsonl:3: line 3 of the log is missing before this one");
  }

  @Test
  void beginsAnewWhereTheHeadIsLostAndSaysSo() throws Exception {
    write(3);
    Files.delete(data.resolve("decisions.head"));

    write(1);

    ChainCheck.Report report = check();
    assertThat(report.lines()).isEqualTo(5);
    assertThat(faults)
        .containsExactly(
            "decisions.jsonl:1: the chain begins anew here: where it stood had been lost");
    assertThat(notes)
        .containsExactly("decisions.jsonl:1: tells that the head of the chain was lost");
  }

  @Test
  void putsALogWithoutAChainAside() throws Exception {
    Files.writeString(current(), "{\"time\":\"2026-11-23T12:00:00Z\",\"decision\":\"deny\"}\n");

    write(1);

    check();
    assertThat(faults.getFirst())
        .endsWith("-0.jsonl:1: is no line of the log: it was edited, or put in");
    assertThat(lines()).hasSize(2);
  }

  @Test
  void cannotBeMadeToHoldWithoutTheKey() throws Exception {
    write(3);
    List<String> genuine = lines();
    ChainKey own = new ChainKey(new byte[32]);
    Lines forged = new Lines();
    byte[] link = ChainedLine.read(bytes(genuine.getFirst())).orElseThrow().link();
    forged.writeBytes(bytes(genuine.getFirst() + "\n"));
    ChainedLine.write(forged, own, 2, link, false, bytes("{\"time\":\"2026-11-26T12:00:00Z\"}"));
    Files.write(current(), forged.toByteArray());

    check();

    assertThat(faults.getFirst())
        .isEqualTo(
            "decisions.jsonl:2: is not as it was written, or does not follow the line before it");
  }

  /** Every change of the text is found, whatever it is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsEveryRandomEdit(int seed) throws Exception {
    rotation = new Rotation(1_500, Duration.ofDays(1), OptionalInt.empty());
    for (int i = 0; i < 12; i++) {
      write(3);
    }
    check();
    assertThat(faults).isEmpty();
    Random random = new Random(seed);
    List<Path> files = ChainCheck.filesOf(data);
    assertThat(files).hasSizeGreaterThan(2);
    for (int round = 0; round < 250; round++) {
      Path file = files.get(random.nextInt(files.size()));
      byte[] before = Files.readAllBytes(file);
      byte[] after = edit(before, random);
      if (Arrays.equals(before, after)) {
        continue;
      }
      Files.write(file, after);
      check();
      assertThat(faults).as("seed %d, round %d, %s", seed, round, file).isNotEmpty();
      Files.write(file, before);
    }
    check();
    assertThat(faults).isEmpty();
  }

  private static byte[] edit(byte[] text, Random random) {
    List<String> lines =
        new ArrayList<>(List.of(new String(text, StandardCharsets.ISO_8859_1).split("(?<=\n)")));
    int at = random.nextInt(lines.size());
    int other = random.nextInt(lines.size());
    switch (random.nextInt(7)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(other, lines.get(at));
      case 2 -> Collections.swap(lines, at, other);
      case 3 -> lines.set(at, lines.get(other));
      case 4 -> {
        return Arrays.copyOf(text, random.nextInt(text.length));
      }
      case 5 -> {
        byte[] changed = text.clone();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        return changed;
      }
      default -> {
        int from = random.nextInt(text.length);
        int to = from + random.nextInt(Math.min(400, text.length - from));
        byte[] changed = new byte[text.length - (to - from)];
        System.arraycopy(text, 0, changed, 0, from);
        System.arraycopy(text, to, changed, from, text.length - to);
        return changed;
      }
    }
    return String.join("", lines).getBytes(StandardCharsets.ISO_8859_1);
  }

  private ChainCheck.Report check() throws IOException {
    return check(Optional.empty());
  }

  private ChainCheck.Report check(Optional<ChainCheck.Anchor> anchor) throws IOException {
    return checker(anchor).folder(data);
  }

  private ChainCheck.Report checkFile(Path file) throws IOException {
    return checker(Optional.empty()).file(file);
  }

  private ChainCheck checker(Optional<ChainCheck.Anchor> anchor) throws IOException {
    faults.clear();
    notes.clear();
    return new ChainCheck(
        data.resolve("chain.key"),
        anchor,
        finding -> (finding.fault() ? faults : notes).add(finding.text()),
        _ -> {});
  }

  private void write(int count) throws IOException {
    InstantSource clock = () -> now;
    try (DecisionFile file =
        DecisionFile.open(data, key, clock, () -> rotation, Duration.ofSeconds(10))) {
      DecisionEncoder encoder = new DecisionEncoder();
      List<byte[]> bodies = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        bodies.add(encoder.body(DecisionRecord.at(now).permit().tool("t" + i).build()));
      }
      file.append(bodies);
    }
  }

  private Path current() {
    return data.resolve("decisions.jsonl");
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(current()));
  }

  private void put(List<String> lines) throws IOException {
    Files.writeString(current(), String.join("\n", lines) + "\n");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
