package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.plugins.PluginMessages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PluginCommandTest {
  @TempDir private Path work;
  private final StringWriter err = new StringWriter();

  private int run(String... words) throws IOException {
    Path plugins = Files.createDirectories(work.resolve("plugins"));
    List<String> all = new ArrayList<>(List.of("plugin", "new", "--plugins", plugins.toString()));
    all.addAll(List.of(words));
    CommandLine program = Main.program();
    program.setErr(new PrintWriter(err, true));
    program.setOut(new PrintWriter(new StringWriter()));
    int exitCode = Main.run(program, all.toArray(String[]::new));
    String said = err.toString();
    assertThat(said.isEmpty() || PluginMessages.hasOfLock(said)).as(said).isTrue();
    return exitCode;
  }

  private Path target() {
    return work.resolve("module");
  }

  @Test
  void namesEverythingAfterThePlugin() throws IOException {
    assertThat(run("two-words", "--package", "com.example.rules", "--folder", target().toString()))
        .isZero();

    try (Stream<Path> files = Files.walk(target())) {
      assertThat(files.filter(Files::isRegularFile))
          .extracting(file -> target().relativize(file).toString())
          .containsExactlyInAnyOrder(
              ".gitignore",
              ".mvn/wrapper/maven-wrapper.properties",
              "mvnw",
              "mvnw.cmd",
              "README.md",
              "pom.xml",
              "src/main/java/com/example/rules/TwoWordsKind.java",
              "src/test/java/com/example/rules/TwoWordsKindTest.java",
              "src/test/java/com/example/rules/ScenariosIT.java",
              "src/test/resources/logback-test.xml",
              "src/test/resources/scenarios/notes.yaml",
              "src/test/resources/scenarios/notes.scenario.yaml");
    }
    try (Stream<Path> files = Files.walk(target())) {
      assertThat(files.filter(Files::isRegularFile))
          .anySatisfy(file -> assertThat(file).content().contains("return \"two_words\";"))
          .allSatisfy(file -> assertThat(file).content().doesNotContain("{{"));
    }
    assertThat(target().resolve("mvnw")).isExecutable();
    assertThat(target().resolve("pom.xml"))
        .content()
        .contains("<artifactId>two-words</artifactId>", "<groupId>com.example.rules</groupId>")
        .contains("<tollbar.version>" + Build.version() + "</tollbar.version>");
  }

  @Test
  void saysWhichNamesThereMayBe() throws IOException {
    assertThat(run("My Rule")).isEqualTo(Main.BAD_INPUT);
    assertThat(err)
        .hasToString(
            "tollbar: expected a name of small letters, digits and \"-\", such as \"my-rule\"; found"
                + " \"My Rule\".\n");
  }

  @Test
  void saysWhatAPackageIs() throws IOException {
    assertThat(run("default")).isEqualTo(Main.BAD_INPUT);
    assertThat(err)
        .hasToString(
            "tollbar: --package: expected a Java package such as \"com.example.rules\"; found"
                + " \"example.default\".\n");
  }

  @Test
  void writesOverNothing() throws IOException {
    Files.writeString(Files.createDirectory(target()).resolve("mine.txt"), "mine");

    assertThat(run("my-rule", "--folder", target().toString())).isEqualTo(Main.BAD_INPUT);
    assertThat(err)
        .hasToString(
            "tollbar: "
                + target()
                + " is there already, and not empty. Name another folder with --folder.\n");
    assertThat(target()).isDirectoryContaining("glob:**mine.txt");
  }

  @Test
  void saysThatAFolderCannotBeWritten() throws IOException {
    Path file = Files.writeString(work.resolve("file"), "no folder");
    Path below = file.resolve("module");

    assertThat(run("my-rule", "--folder", below.toString())).isEqualTo(Main.FAILED);
    assertThat(err).hasToString("tollbar: " + below + " cannot be written.\n");
  }
}
