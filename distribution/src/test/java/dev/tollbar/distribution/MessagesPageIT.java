package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page on messages against documents that are broken in many ways: it has every message that
 * they lead to, and none beside.
 */
@ExtendWith(Fixtures.class)
class MessagesPageIT {
  private static final Path BROKEN =
      Path.of("src", "test", "resources", "dev", "tollbar", "distribution", "broken");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^|]+)` \\| [^|]+ \\| [^|]+ \\|$");

  @TempDir private Path work;

  @Test
  void hasEveryMessageThatBrokenDocumentsLeadTo(Archive archive)
      throws IOException, InterruptedException {
    List<String> said = messages(archive);
    List<String> rows = rows();

    assertThat(said).allSatisfy(message -> assertThat(rows).anyMatch(row -> is(row, message)));
    assertThat(rows).allSatisfy(row -> assertThat(said).anyMatch(message -> is(row, message)));
  }

  private List<String> messages(Archive archive) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("check", "--format", "json"));
    try (Stream<Path> files = Files.list(BROKEN)) {
      files.map(file -> file.toAbsolutePath().toString()).sorted().forEach(words::add);
    }
    words.add(Files.write(work.resolve("bytes.json"), new byte[] {'"', (byte) 0xff}).toString());
    words.add(BROKEN.resolve("no-such-file.yaml").toString());
    words.add(BROKEN.toString());
    words.add("/dev/null");
    words.add(written("cases.test.yaml", "cases: []\n"));
    words.add(written("deep.json", "[".repeat(100)));
    words.add(written("large.json", " ".repeat(10 * 1024 * 1024 + 1)));
    words.add(written("line.yaml", "a: " + "x".repeat(100_001)));
    words.add(written("number.json", "{\"version\": 1e20000}"));
    Finished checked = archive.run(words.toArray(String[]::new));
    assertThat(checked.exitCode()).isEqualTo(2);
    List<String> messages = new ArrayList<>();
    for (JsonNode file : JsonMapper.builder().build().readTree(checked.out()).path("files")) {
      file.path("problems").forEach(problem -> messages.add(problem.path("message").asText()));
    }
    return messages;
  }

  private String written(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text).toString();
  }

  private static List<String> rows() throws IOException {
    String page = Files.readString(Path.of("docs", "messages.md"));
    String documents =
        page.substring(page.indexOf("## About documents"), page.indexOf("## Findings"));
    return ROW.matcher(documents).results().map((MatchResult row) -> row.group(1)).toList();
  }

  /** {@code …} stands for anything; a hint may follow. */
  private static boolean is(String row, String message) {
    String pattern =
        Stream.of(row.split("…", -1))
            .map(Pattern::quote)
            .reduce((left, right) -> left + ".*" + right)
            .orElseThrow();
    return Pattern.compile(pattern + "(\\. Did you mean .*)?", Pattern.DOTALL)
        .matcher(message)
        .matches();
  }
}
