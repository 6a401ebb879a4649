package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollbar plugins} and its lock, in a folder with two of the archive's plugins. */
@ExtendWith(Fixtures.class)
class PluginsCommandIT {
  @TempDir private Path work;
  private Archive archive = new Archive(Path.of(""));
  private Path plugins = Path.of("");

  @BeforeEach
  void copyPlugins(Archive unpacked) throws IOException {
    archive = unpacked;
    plugins = Files.createDirectory(work.resolve("plugins"));
    copy("rule-deny");
    copy("transport-stdio");
  }

  private void copy(String plugin) throws IOException {
    String jar = plugin + "-" + Archive.version() + ".jar";
    Files.copy(archive.home().resolve("plugins").resolve(jar), plugins.resolve(jar));
  }

  private Finished plugins(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("plugins"));
    all.addAll(List.of(words));
    all.addAll(List.of("--plugins", plugins.toString()));
    return archive.run(all.toArray(String[]::new));
  }

  @Test
  void verifiesWhatWasLocked() throws Exception {
    assertThat(plugins("verify"))
        .isEqualTo(
            new Finished(
                1,
                "",
                "tollbar: there is no plugins.lock in "
                    + plugins
                    + ". Write one with: tollbar plugins lock\n"));
    assertThat(plugins("lock"))
        .isEqualTo(
            new Finished(
                0, plugins.resolve("plugins.lock") + ": 2 plugins, require: listed\n", ""));
    assertThat(plugins("verify")).isEqualTo(new Finished(0, "2 jars, as plugins.lock says\n", ""));
    assertThat(plugins("list")).isEqualTo(plugins()).extracting(Finished::exitCode).isEqualTo(0);

    Files.delete(plugins.resolve("rule-deny-" + Archive.version() + ".jar"));
    copy("rule-limits");

    String version = Archive.version();
    assertThat(plugins("verify"))
        .isEqualTo(
            new Finished(
                1,
                """
                rule-limits-%1$s.jar: rule-limits %1$s is not in plugins.lock; if you trust this jar, list it with: tollbar plugins lock
                rule-deny %1$s is listed in plugins.lock, and no jar in the folder is it
                """
                    .formatted(version),
                ""));
    Finished listed = plugins();
    assertThat(listed.exitCode()).isEqualTo(1);
    assertThat(listed.out())
        .endsWith(
            """

            refused:
              rule-limits-%1$s.jar: rule-limits %1$s is not in plugins.lock; if you trust this jar, list it with: tollbar plugins lock
            """
                .formatted(version));
    assertThat(plugins("lock").exitCode()).isZero();
    assertThat(plugins("verify").exitCode()).isZero();
  }

  @Test
  void theDocumentedLockIsOne() throws Exception {
    Files.writeString(
        plugins.resolve("plugins.lock"),
        """
        {
          "require": "listed",
          "signers": {},
          "plugins": [
            { "name": "quota", "version": "1.2.3", "sha256": "abababababababababababababababababababababababababababababababab" }
          ]
        }
        """);
    assertThat(plugins("verify").out())
        .startsWith("rule-deny-")
        .endsWith("quota 1.2.3 is listed in plugins.lock, and no jar in the folder is it\n");
  }

  @Test
  void doesNotLockWhatIsNoPlugin() throws Exception {
    Files.writeString(plugins.resolve("zzz.jar"), "no jar");
    assertThat(plugins("lock"))
        .isEqualTo(
            new Finished(
                1,
                "",
                """
                zzz.jar: it is no jar, or only a part of one; copy it again
                tollbar: plugins.lock is not written.
                """));
    assertThat(plugins.resolve("plugins.lock")).doesNotExist();
  }

  @Test
  void saysWhatIsWrongWithALock() throws Exception {
    Files.writeString(plugins.resolve("plugins.lock"), "{\"require\": \"some\"}");
    assertThat(plugins("verify"))
        .isEqualTo(
            new Finished(
                2, "", "plugins.lock: /require: expected any, listed or signed; found \"some\"\n"));
  }

  @Test
  void operatorsSeeWhatIsLoaded() throws Exception {
    copy("rule-approval");
    Path policy =
        Files.writeString(work.resolve("policy.json"), "{\"version\":\"1\",\"default\":\"allow\"}");
    try (RunningGateway gateway =
        RunningGateway.serve(
            archive,
            work,
            List.of("--plugins", plugins.toString(), "--policy", policy.toString(), "--", "cat"))) {
      JsonNode seen =
          new AdminClient(gateway.admin(), gateway.firstToken()).get("/plugins").path("plugins");
      assertThat(gateway.operators("/plugins").statusCode()).isEqualTo(404);
      assertThat(seen).hasSize(3);
      JsonNode deny = seen.path(1);
      assertThat(deny.path("file").asText()).startsWith("rule-deny-");
      assertThat(deny.path("name").asText()).isEqualTo("rule-deny");
      assertThat(deny.path("state").asText()).isEqualTo("loaded");
      assertThat(deny.path("rule_kinds").path(0).asText()).isEqualTo("deny");
      assertThat(deny.path("sha256").asText()).matches("[0-9a-f]{64}");
      assertThat(deny.path("since").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
      assertThat(deny.path("requires").asText()).startsWith(">=");
      assertThat(deny.has("why")).isFalse();

      ProcessBuilder asks = archive.command("plugins", "--admin", gateway.admin());
      asks.environment().put("TOLLBAR_ADMIN_TOKEN", gateway.firstToken());
      Finished said = Finished.run(asks);
      assertThat(said.err()).isEqualTo("tollbar: at " + gateway.admin() + ", as first (admin)\n");
      assertThat(said.out()).isEqualTo(plugins("list").out());
      assertThat(said.exitCode()).isZero();
    }
  }
}
