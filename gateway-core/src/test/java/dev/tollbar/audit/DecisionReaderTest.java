package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionReaderTest {
  @TempDir Path data;

  @Test
  void readsTheRotatedFilesOldestFirstAndThenTheCurrentOne() throws Exception {
    Files.writeString(data.resolve("decisions.jsonl"), line(5) + line(6));
    Files.writeString(data.resolve("decisions-20261126T100000Z-1.jsonl"), line(1) + line(2));
    Files.writeString(data.resolve("decisions-20261125T090000Z-3.jsonl"), line(3) + line(4));
    Files.writeString(data.resolve("decisions-of-mine.jsonl"), "not a record\n");

    assertThat(tools(data)).containsExactly("t1", "t2", "t3", "t4", "t5", "t6");
  }

  @Test
  void readsOneFile() throws Exception {
    Path file = data.resolve("copy.jsonl");
    Files.writeString(file, line(1) + line(2));

    assertThat(tools(file)).containsExactly("t1", "t2");
  }

  @Test
  void leavesOutALastLineThatIsNotComplete() throws Exception {
    Files.writeString(data.resolve("decisions.jsonl"), line(1) + "{\"time\":\"2026-11");

    assertThat(tools(data)).containsExactly("t1");
  }

  @Test
  void leavesOutWhatTheLogSaysAboutItselfUnlessItIsWanted() throws Exception {
    Files.writeString(
        data.resolve("decisions.jsonl"),
        "{\"time\":\"2026-11-26T10:00:00Z\",\"event\":\"suppressed\"}\n" + line(1));

    assertThat(tools(data)).containsExactly("t1");
    try (DecisionReader all = DecisionReader.open(data, true)) {
      assertThat(all.next().orElseThrow().text("event")).contains("suppressed");
    }
  }

  @Test
  void saysWhichLineIsNoRecordAndGoesOnAfterIt() throws Exception {
    Files.writeString(data.resolve("decisions.jsonl"), line(1) + "oops\n[]\n{}\n" + line(2));

    try (DecisionReader reader = DecisionReader.open(data)) {
      assertThat(reader.next().orElseThrow().place()).isEqualTo("decisions.jsonl:1");
      assertThatThrownBy(reader::next)
          .isInstanceOf(MalformedRecordException.class)
          .hasMessage("decisions.jsonl:2: expected a decision record; found no JSON");
      assertThatThrownBy(reader::next)
          .hasMessage("decisions.jsonl:3: expected a decision record; found something else");
      assertThatThrownBy(reader::next)
          .hasMessage("decisions.jsonl:4: expected a decision record; found no \"time\"");
      assertThat(reader.next().orElseThrow().text("tool")).contains("t2");
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void keepsNumbersExact() throws Exception {
    Files.writeString(
        data.resolve("decisions.jsonl"),
        "{\"time\":\"2026-11-26T10:00:00Z\",\"decision\":\"deny\",\"values\":{\"args.x\":1.10}}\n");

    try (DecisionReader reader = DecisionReader.open(data)) {
      assertThat(reader.next().orElseThrow().json().at("/values/args.x").decimalValue())
          .isEqualTo(new BigDecimal("1.10"));
    }
  }

  @Test
  void readsAFileThatWasRotatedAfterItWasOpened() throws Exception {
    Files.writeString(data.resolve("decisions.jsonl"), line(1));

    try (DecisionReader reader = DecisionReader.open(data)) {
      Files.move(
          data.resolve("decisions.jsonl"), data.resolve("decisions-20261126T100000Z-1.jsonl"));
      Files.writeString(data.resolve("decisions.jsonl"), line(2));

      assertThat(reader.next().orElseThrow().text("tool")).contains("t1");
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void findsNothingInAFolderWithoutRecordsAndRefusesWhatIsNotThere() throws Exception {
    assertThat(tools(data)).isEmpty();
    assertThatThrownBy(() -> DecisionReader.open(data.resolve("no.jsonl")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static String line(int number) {
    return "{\"time\":\"2026-11-26T10:00:00Z\",\"decision\":\"permit\",\"tool\":\"t"
        + number
        + "\"}\n";
  }

  private static List<String> tools(Path path) throws IOException {
    List<String> tools = new ArrayList<>();
    try (DecisionReader reader = DecisionReader.open(path)) {
      for (Optional<DecisionReader.Entry> entry = reader.next();
          entry.isPresent();
          entry = reader.next()) {
        tools.add(entry.get().text("tool").orElseThrow());
      }
    }
    return tools;
  }
}
