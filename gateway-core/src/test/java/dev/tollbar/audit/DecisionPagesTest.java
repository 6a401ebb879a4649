package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionPagesTest {
  private static final int MOST = 10_000;

  @TempDir Path data;

  private static String line(long seq, String more) {
    return "{\"seq\":%d,\"time\":\"2026-11-26T10:00:00Z\",\"decision\":\"permit\",\"tool\":\"t%d\"%s}\n"
        .formatted(seq, seq % 7, more);
  }

  private void write(String file, long from, long through) throws IOException {
    StringBuilder text = new StringBuilder();
    LongStream.rangeClosed(from, through).forEach(seq -> text.append(line(seq, "")));
    Files.writeString(data.resolve(file), text);
  }

  private static List<Long> seqs(List<DecisionReader.Entry> entries) {
    return entries.stream().map(DecisionPages::seq).toList();
  }

  @Test
  void pagesFromTheNewestBackOverAllFiles() throws Exception {
    write("decisions-20261125T090000Z-1.jsonl", 1, 3);
    write("decisions-20261126T090000Z-4.jsonl", 4, 5);
    write("decisions.jsonl", 6, 8);
    DecisionPages pages = new DecisionPages(data);

    DecisionPages.Page first = pages.before(Long.MAX_VALUE, 4, MOST, _ -> true);
    DecisionPages.Page second = pages.before(first.next().orElseThrow(), 4, MOST, _ -> true);

    assertThat(seqs(first.entries())).containsExactly(8L, 7L, 6L, 5L);
    assertThat(first.next()).hasValue(5);
    assertThat(seqs(second.entries())).containsExactly(4L, 3L, 2L, 1L);
    assertThat(second.next()).isEmpty();
    assertThat(pages.newest()).isEqualTo(8);
  }

  @Test
  void goesOnFromAnyLine() throws Exception {
    write("decisions-20261125T090000Z-1.jsonl", 1, 3);
    write("decisions.jsonl", 4, 6);
    DecisionPages pages = new DecisionPages(data);

    assertThat(seqs(pages.after(0, 100))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(seqs(pages.after(2, 3))).containsExactly(3L, 4L, 5L);
    assertThat(pages.after(6, 100)).isEmpty();
  }

  @Test
  void findsEveryLineAmongLinesOfManyLengths() throws Exception {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder();
    IntStream.rangeClosed(1, 400)
        .forEach(seq ->
            text.append(
                line(seq, ",\"reason\":\"" + "x".repeat(random.nextInt(3) * 9_000) + "\"")));
    Files.writeString(data.resolve("decisions.jsonl"), text);
    DecisionPages pages = new DecisionPages(data);

    for (long seq = 1; seq <= 400; seq++) {
      assertThat(pages.find(seq).map(DecisionPages::seq)).contains(seq);
      assertThat(seqs(pages.before(seq, 1, 1, _ -> true).entries()))
          .isEqualTo(seq == 1 ? List.of() : List.of(seq - 1));
    }
    assertThat(pages.find(401)).isEmpty();
  }

  @Test
  void looksAtSoManyLinesOnlyAndGoesOnThere() throws Exception {
    write("decisions.jsonl", 1, 100);
    DecisionPages pages = new DecisionPages(data);

    DecisionPages.Page page =
        pages.before(
            Long.MAX_VALUE, 50, 20, entry -> entry.text("tool").orElseThrow().equals("t3"));

    assertThat(seqs(page.entries())).containsExactly(94L, 87L);
    assertThat(page.next()).isEqualTo(OptionalLong.of(81));
  }

  @Test
  void passesOverWhatIsNotCompleteOrNoRecord() throws Exception {
    Files.writeString(
        data.resolve("decisions.jsonl"), line(1, "") + "oops\n" + line(2, "") + "{\"seq\":3,\"ti");
    DecisionPages pages = new DecisionPages(data);

    assertThat(seqs(pages.before(Long.MAX_VALUE, 10, MOST, _ -> true).entries()))
        .containsExactly(2L, 1L);
    assertThat(seqs(pages.after(0, 10))).containsExactly(1L, 2L);
    assertThat(pages.newest()).isEqualTo(2);
  }

  @Test
  void aFolderWithoutRecordsHasNone() throws Exception {
    DecisionPages pages = new DecisionPages(data);

    assertThat(pages.newest()).isZero();
    assertThat(pages.before(Long.MAX_VALUE, 10, MOST, _ -> true).entries()).isEmpty();
    assertThat(pages.after(0, 10)).isEmpty();
  }
}
