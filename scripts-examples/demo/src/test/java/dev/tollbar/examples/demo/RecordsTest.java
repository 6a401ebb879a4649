package dev.tollbar.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsTest {
  private static final String LIST = "{\"method\":\"tools/list\"}\n";
  private static final String BARE = "{\"method\":\"tools/call\"}";
  private static final String TRACED =
      "{\"method\":\"tools/call\",\"trace\":[{\"rule\":\"/a\"},{\"rule\":\"/b\"}]}";

  @TempDir private Path data;

  @Test
  void countsTheCallsOfToolsThatAreWholeLines() throws IOException {
    Records records = records();
    assertThat(records.count()).isZero();

    Files.writeString(records.file(), LIST + BARE + "\n" + BARE);

    assertThat(records.count()).isEqualTo(1);
  }

  @Test
  void findsTheRecordOfACallAndTheLastRuleItMet()
      throws IOException, InterruptedException, TourException {
    Records records = records();
    Files.writeString(records.file(), LIST + BARE + "\n" + LIST + TRACED + "\n");

    assertThat(records.of(2)).isEqualTo(TRACED);
    assertThat(records.lastRule(TRACED)).contains("/b");
    assertThat(records.lastRule(BARE)).isEmpty();
  }

  private Records records() {
    return new Records(data, McpJsonDefaults.getMapper());
  }
}
