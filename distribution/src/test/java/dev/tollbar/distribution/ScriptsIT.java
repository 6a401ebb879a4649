package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Scripts of the archive: the command for authors, imports, and isolation in a process. */
@ExtendWith(Fixtures.class)
class ScriptsIT {
  private static final Map<String, Object> HELLO = Map.of("message", "hello");

  @TempDir private Path work;

  private void save(String name, String text) throws IOException {
    Path draft = Files.writeString(work.resolve(name + ".new"), text);
    Files.move(draft, work.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void theCommandTriesTheScriptsOfTheArchive(Archive archive) throws Exception {
    Path scripts = archive.home().resolve("scripts");

    Finished run =
        archive.run(
            "script",
            "run",
            scripts.resolve("refund-ceiling.js").toString(),
            "--call",
            scripts.resolve("call.json").toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("ask: Refund of 150: late\n  args.amount is 150\n");
    assertThat(run.exitCode()).isZero();

    Finished test = archive.run("script", "test", scripts.toString());
    assertThat(test.err()).isEmpty();
    assertThat(test.out().lines())
        .hasSizeGreaterThanOrEqualTo(10)
        .allMatch(line -> line.endsWith(" cases, all as expected"));
    assertThat(test.exitCode()).isZero();
  }

  @Test
  void aKindWithoutACommandHasNone(Archive archive) throws Exception {
    for (String name : List.of("deny", "scrpt")) {
      Finished none = archive.run(name, "run");
      assertThat(none.err())
          .isEqualTo("tollbar: there is no command \"" + name + "\". See: tollbar --help\n");
      assertThat(none.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void aScriptInAProcessFollowsTheFilesThatItImportsAndEndsWithTheGateway(
      Archive archive, NpmPackages npm) throws Exception {
    save("limit.js", "export const longest = 5;");
    save(
        "short.js",
        """
        import { longest } from "./limit.js";
        export default ({ args }) => {
          console.log("length", args.message.length);
          if (args.message === "loop") for (;;) {}
          return args.message.length <= longest || `At most ${longest} characters.`;
        };
        """);
    save(
        "gateway.yaml",
        """
        version: "2"
        servers:
          everything: { transport: { stdio: { command: node, args: %s } } }
        policies:
          agents: { default: deny, tools: { echo: { script: { file: short.js, isolation: process } } } }
        """
            .formatted(npm.everything().subList(1, 3)));
    List<ProcessHandle> children;
    try (RunningGateway gateway =
            RunningGateway.serve(
                archive, work, List.of("--document", work.resolve("gateway.yaml").toString()));
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      assertThat(JavaClient.text(client.call("echo", HELLO))).isEqualTo("Echo: hello");
      JsonNode record =
          Eventually.get(
                  () ->
                      gateway.decisions().stream()
                          .filter(line -> line.path("method").asText().equals("tools/call"))
                          .toList(),
                  found -> !found.isEmpty())
              .getFirst();
      assertThat(record.path("debug").path(0).asText())
          .isEqualTo("/policies/agents/tools/echo/script: length 5");
      assertThat(JavaClient.text(client.call("echo", Map.of("message", "loop"))))
          .isEqualTo("[POLICY DENIED] The script of this rule took too long.");

      String first = gateway.revision();
      save("limit.js", "export const longest = 3;");
      Eventually.get(
          () -> gateway.health().path("document").path("revision").asText(),
          revision -> !revision.equals(first));
      assertThat(JavaClient.text(client.call("echo", HELLO)))
          .isEqualTo("[POLICY DENIED] At most 3 characters.");

      children =
          gateway
              .process()
              .children()
              .filter(child -> child.info().command().orElse("").endsWith("java"))
              .toList();
      assertThat(children).isNotEmpty();
      gateway.kill();
    }
    for (ProcessHandle child : children) {
      assertThat(Eventually.get(child::isAlive, alive -> !alive)).isFalse();
    }
  }
}
