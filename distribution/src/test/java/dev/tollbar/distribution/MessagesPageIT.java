package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
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
 * The page on messages against documents and test files that are broken in many ways, and calls
 * that are denied for many reasons: it has every message that they lead to, and none beside.
 */
@ExtendWith(Fixtures.class)
class MessagesPageIT {
  private static final Path HERE =
      Path.of("src", "test", "resources", "dev", "tollbar", "distribution");
  private static final Path BROKEN = HERE.resolve("broken");
  private static final Path BROKEN_TESTS = HERE.resolve("broken-tests");
  private static final Path AGENTS = HERE.resolve("agents");
  private static final Pattern PROBLEM =
      Pattern.compile("(?m)^ +\\d+\\. \\d+:\\d+(?: /\\S*)?: (.+)$");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^|]+)` \\| [^|]+ \\| [^|]+ \\|$");

  private static final Pattern TEXT_ROW =
      Pattern.compile("(?m)^\\| (`[^|]+`) \\| ([^|]+) \\| [^|]+ \\|$");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  @TempDir private Path work;

  @Test
  void hasEveryMessageThatBrokenDocumentsLeadTo(Archive archive)
      throws IOException, InterruptedException {
    compare(messages(archive), rows("## About documents", "## Findings"));
  }

  @Test
  void hasEveryMessageThatBrokenTestFilesLeadTo(Archive archive)
      throws IOException, InterruptedException {
    Finished tested = archive.run("test", BROKEN_TESTS.toString());

    assertThat(tested.exitCode()).isEqualTo(2);
    compare(
        PROBLEM.matcher(tested.err()).results().map(problem -> problem.group(1)).toList(),
        rows("## About test files", "## About plugins"));
  }

  @Test
  void hasEveryTextThatDeniedCallsLeadTo(Archive archive) throws IOException, InterruptedException {
    Finished tested = archive.run("test", AGENTS.toString());
    assertThat(tested.exitCode()).as(tested.out()).isZero();
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(AGENTS)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".test.yaml")).toList()) {
        YAMLMapper.builder()
            .build()
            .readTree(file.toFile())
            .path("cases")
            .findParents("text")
            .stream()
            .map(expected -> expected.path("text").asText() + expected.path("code").asText())
            .forEach(texts::add);
      }
    }
    String table = section("The texts, where neither", "And where something is out of reach");
    List<String> rows =
        TEXT_ROW
            .matcher(table)
            .results()
            .flatMap(row -> combinations(row.group(1), row.group(2)))
            .toList();

    compare(texts, rows);
  }

  /** Every text of a row with every code of it. */
  private static Stream<String> combinations(String texts, String codes) {
    return quoted(texts).flatMap(text -> quoted(codes).map(code -> text + code));
  }

  private static Stream<String> quoted(String cell) {
    return QUOTED.matcher(cell).results().map(quoted -> quoted.group(1));
  }

  private static void compare(List<String> said, List<String> rows) {
    assertThat(said).isNotEmpty();
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

  private static List<String> rows(String from, String to) throws IOException {
    return ROW.matcher(section(from, to)).results().map((MatchResult row) -> row.group(1)).toList();
  }

  private static String section(String from, String to) throws IOException {
    String page = Files.readString(Path.of("docs", "messages.md"));
    int start = page.indexOf(from);
    return page.substring(start, page.indexOf(to, start));
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
