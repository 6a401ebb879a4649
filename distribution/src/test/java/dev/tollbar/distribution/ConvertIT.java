package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tollbar convert}: what the documentation shows. */
@ExtendWith(Fixtures.class)
class ConvertIT {
  private static final Path EXAMPLES = Path.of("..", "scripts-examples", "convert");

  @TempDir private Path work;

  private Path shop() throws IOException {
    return Files.copy(EXAMPLES.resolve("shop.intercept.yaml"), work.resolve("shop.intercept.yaml"));
  }

  @Test
  void makesTheDocumentAndTheReportThatThePageShows(Archive archive)
      throws IOException, InterruptedException {
    String file = shop().toString();
    String page = Files.readString(Path.of("docs", "converting.md"));

    Finished converted = archive.run("convert", "--name", "shop", file);

    assertThat(converted.exitCode()).isEqualTo(3);
    assertThat(converted.out()).isEqualTo(Files.readString(EXAMPLES.resolve("shop.yaml")));
    assertThat(page).contains(converted.err().replace(file, "shop.intercept.yaml"));
  }

  @ParameterizedTest
  @CsvSource({"new.yaml", "new.json"})
  void checkAcceptsWhatItWrites(String name, Archive archive)
      throws IOException, InterruptedException {
    String seed = archive.home().resolve("policies/seed.json").toString();
    String out = work.resolve(name).toString();

    assertThat(archive.run("convert", "--out", out, seed))
        .isEqualTo(new Finished(0, "", seed + ": everything was carried over\n"));
    assertThat(archive.run("check", out).out()).startsWith(out + ": no problems\n");
    assertThat(archive.run("convert", "--out", out, seed))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: --out: expected a file that does not exist yet; found " + out + ".\n"));
  }

  @Test
  void aFileWithProblemsIsNotConverted(Archive archive) throws IOException, InterruptedException {
    Path bad =
        Files.writeString(
            work.resolve("bad.json"),
            "{\"version\":\"1\",\"default\":\"deny\",\"tools\":{\"t\":{\"rate_limt\":{}}}}");
    Path second = Files.writeString(work.resolve("second.yaml"), "version: \"2\"\n");
    Path gone = work.resolve("gone.yaml");
    Path list = Files.writeString(work.resolve("list.json"), "[1, 2]");

    assertThat(archive.run("convert", bad.toString()))
        .isEqualTo(
            new Finished(
                2,
                "",
                bad
                    + """
                    : 1 problem
                      1. 1:47 /tools/t/rate_limt: unknown rule kind "rate_limt"; version 1 has action, reason, require, deny_if, limits and rate_limit. Did you mean "rate_limit"?
                    """));
    assertThat(archive.run("convert", second.toString()))
        .isEqualTo(
            new Finished(
                2,
                "",
                second
                    + """
                    : 1 problem
                      1. 1:10 /version: expected version "1"; found "2", which needs no change
                    """));
    assertThat(archive.run("convert", list.toString()))
        .isEqualTo(
            new Finished(
                2, "", list + ": 1 problem\n  1. 1:1: expected an object; found a list\n"));
    assertThat(archive.run("convert", gone.toString()))
        .isEqualTo(new Finished(2, "", gone + ": 1 problem\n  1. expected a file that exists\n"));
  }

  @Test
  void optionsThatFitNothingAreRefused(Archive archive) throws IOException, InterruptedException {
    assertThat(archive.run("convert", "--name", "a b", "x.json"))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: --name: expected a name of letters, digits, \".\", \"_\" and \"-\"; found"
                    + " \"a b\".\n"));
    assertThat(archive.run("convert", "--out", "x.txt", "x.json"))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: --out: expected a file that ends in .yaml, .yml or .json; found"
                    + " \"x.txt\".\n"));
  }
}
