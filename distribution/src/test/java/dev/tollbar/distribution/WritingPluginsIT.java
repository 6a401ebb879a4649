package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that are built by their own poms, against the archive alone, and dropped in. */
@ExtendWith(Fixtures.class)
class WritingPluginsIT {
  /** Both modules, built once: by one Maven, which reads the pom of each as it is. */
  @TempDir private static Path modules;

  private static Finished made = new Finished(-1, "", "");

  @TempDir private Path work;

  @BeforeAll
  static void build(Archive archive) throws IOException, InterruptedException {
    made = Finished.run(archive.command("plugin", "new", "my-rule").directory(modules.toFile()));
    Path phoneRegion = modules.resolve("phone-region");
    copy(archive.home().resolve("examples/plugins/phone-region"), phoneRegion);
    Path pom = phoneRegion.resolve("pom.xml");
    Files.writeString(
        pom,
        Files.readString(pom)
            .replace("${project.basedir}/../../..", archive.home().toString().replace('\\', '/')));
    Maven.verify(modules, List.of("my-rule", "phone-region"));
  }

  @Test
  void aNewPluginBuildsTestsAndRuns(Archive archive) throws Exception {
    assertThat(made)
        .isEqualTo(
            new Finished(
                0,
                """
                my-rule: the rule kind my_rule in my-rule/src/main/java/example/myrule/MyRuleKind.java
                Build it:  cd my-rule && ./mvnw verify
                Use it:    cp my-rule/target/my-rule-1.0.0.jar %s
                """
                    .formatted(archive.home().resolve("plugins")),
                ""));
    Path module = modules.resolve("my-rule");
    assertThat(reports(module)).contains("MyRuleKindTest", "ScenariosIT");
    assertThat(
            answers(
                archive,
                module.resolve("target/my-rule-1.0.0.jar"),
                "add_note: { my_rule: { argument: text, max: 5 } }",
                List.of(
                    Wire.call(1, "add_note", "{\"text\":\"hello\"}"),
                    Wire.call(2, "add_note", "{\"text\":\"hello there\"}"))))
        .containsExactly("done", "[POLICY DENIED] At most 5 characters in text.");
  }

  @Test
  void thePluginOfTheGuideBuildsWithItsOwnLibraryAndRuns(Archive archive) throws Exception {
    Path module = modules.resolve("phone-region");
    assertThat(reports(module)).contains("PhoneRegionKindTest", "ScenariosIT");
    assertThat(
            answers(
                archive,
                module.resolve("target/phone-region-1.0.0.jar"),
                "send_sms: { phone_region: { argument: to, regions: [DE, FR] } }",
                List.of(
                    Wire.call(1, "send_sms", "{\"to\":\"+49 30 901820\"}"),
                    Wire.call(2, "send_sms", "{\"to\":\"+1 212 736 3100\"}"))))
        .containsExactly("done", "[POLICY DENIED] The number in to is not in DE, FR.");
  }

  @Test
  void aPluginMustNotHaveTheNameOfAKindThatIsThere(Archive archive) throws Exception {
    assertThat(Finished.run(archive.command("plugin", "new", "deny").directory(work.toFile())))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: the rule kind \"deny\" is supplied by rule-deny-"
                    + Archive.version()
                    + ".jar; take another name.\n"));
    assertThat(work).isEmptyDirectory();
  }

  /** The test classes that ran. */
  private static List<String> reports(Path module) throws IOException {
    try (Stream<Path> files = Files.walk(module.resolve("target"))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.matches("TEST-.*\\.xml"))
          .map(name -> name.replaceAll("TEST-.*\\.(\\w+)\\.xml", "$1"))
          .toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.resolveSibling(""));
        Files.copy(file, target);
      }
    }
  }

  /** What calls are answered once the jar was dropped into a gateway that runs. */
  private List<String> answers(Archive archive, Path jar, String tool, List<String> calls)
      throws Exception {
    Path plugins = archive.copyPlugins(work);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(document, document("t: {}"));
    ShellServer.write(work);
    try (RunningGateway gateway =
            RunningGateway.serve(
                archive,
                work,
                List.of("--document", document.toString(), "--plugins", plugins.toString()));
        Wire wire = new Wire(gateway.url("cheap"))) {
      Map<String, String> session = wire.begin(Map.of());
      StrangersJar.rename(document(tool).getBytes(StandardCharsets.UTF_8), document);
      StrangersJar.rename(Files.readAllBytes(jar), plugins.resolve("dropped.jar"));
      String revision = gateway.revision();
      Eventually.get(
          () -> gateway.health().path("document"),
          state ->
              state.path("problems").isEmpty()
                  && !state.path("revision").asText().equals(revision));
      List<String> answers = new ArrayList<>();
      for (String call : calls) {
        answers.add(Wire.json(wire.post(call, session)).at("/result/content/0/text").asText());
      }
      return answers;
    }
  }

  private String document(String tool) {
    return """
    version: "2"
    servers:
      cheap: { transport: { stdio: { command: sh, args: ["%s"] } } }
    policies:
      open:
        default: deny
        tools:
          %s
    """
        .formatted(work.resolve("server.sh"), tool);
  }
}
