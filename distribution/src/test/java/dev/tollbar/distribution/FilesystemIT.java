package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** server-filesystem serves a whole folder; the policy confines agents to a project in it. */
@ExtendWith(Fixtures.class)
class FilesystemIT {
  private static Path served;
  private static RunningGateway gateway;
  private static JavaClient client;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    served = work.toRealPath().resolve("srv");
    Files.createDirectories(served.resolve("project/out"));
    Files.createDirectories(served.resolve("project-of-others"));
    Files.writeString(served.resolve("project/notes.txt"), "notes of the project");
    Files.writeString(served.resolve("project/.env"), "KEY=1");
    Files.writeString(served.resolve("secrets.txt"), "not for agents");
    Files.writeString(served.resolve("project-of-others/notes.txt"), "not for agents");
    Path policy = work.resolve("path-confinement.yaml");
    Files.writeString(
        policy,
        Files.readString(archive.home().resolve("policies/path-confinement.yaml"))
            .replace("/srv/", served + "/"));
    List<String> arguments =
        new ArrayList<>(List.of("--policy", policy.toString(), "--name", "files", "--"));
    arguments.addAll(npm.filesystem(served));
    gateway = RunningGateway.serve(archive, work, arguments);
    client = JavaClient.overHttp(gateway.url(), "");
  }

  @AfterAll
  static void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void servesTheNamedServer() {
    assertThat(gateway.url()).endsWith("/mcp/files");
  }

  @Test
  void listsOnlyWhatThePolicyNames() {
    assertThat(client.mcp().listTools().tools())
        .extracting(Tool::name)
        .containsExactlyInAnyOrder(
            "read_file",
            "read_text_file",
            "read_media_file",
            "read_multiple_files",
            "list_directory",
            "write_file");
  }

  @Test
  void readsInsideTheProject() {
    assertThat(read(served + "/project/notes.txt")).isEqualTo("notes of the project");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/secrets.txt", "/project-of-others/notes.txt"})
  void refusesFilesOutsideTheProject(String path) {
    assertThat(read(served + path))
        .isEqualTo("[POLICY DENIED] Only files under " + served + "/project.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/project/../secrets.txt", "/project/%2e%2e/secrets.txt"})
  void refusesPathsThatAreNotPlain(String path) {
    assertThat(read(served + path))
        .isEqualTo(
            "[POLICY DENIED] args.path must be a plain path, without \"..\", encoded characters,"
                + " backslashes or a drive.");
  }

  @Test
  void refusesKeysInsideTheProject() {
    assertThat(read(served + "/project/.env"))
        .isEqualTo("[POLICY DENIED] Keys and settings are not for reading.");
  }

  @Test
  void writesOnlyWhereThePolicySaysSo() throws IOException {
    Path allowed = served.resolve("project/out/report.md");
    Path refused = served.resolve("project/report.md");

    client.call("write_file", Map.of("path", allowed.toString(), "content", "done"));
    CallToolResult denied =
        client.call("write_file", Map.of("path", refused.toString(), "content", "done"));

    assertThat(allowed).hasContent("done");
    assertThat(refused).doesNotExist();
    assertThat(JavaClient.text(denied))
        .isEqualTo("[POLICY DENIED] Write only under " + served + "/project/out.");
  }

  @Test
  void hidesAndRefusesTheRest() {
    CallToolResult denied =
        client.call(
            "move_file",
            Map.of("source", served + "/secrets.txt", "destination", served + "/project/s"));

    assertThat(denied.isError()).isTrue();
    assertThat(served.resolve("secrets.txt")).exists();
  }

  private static String read(String path) {
    return JavaClient.text(client.call("read_text_file", Map.of("path", path)));
  }
}
