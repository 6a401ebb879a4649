package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Maven as somebody runs it who has the archive and nothing else of the project: with a local
 * repository of its own, where what this build has downloaded lies near.
 */
final class Maven {
  private Maven() {}

  /**
   * Runs {@code mvn verify} in a module, with nothing of the project left from before.
   *
   * @param more further arguments
   */
  static void verify(Path module, String... more) throws IOException, InterruptedException {
    Path local =
        Archive.packed("zip")
            .toAbsolutePath()
            .resolveSibling("stranger-" + System.getProperty("tollbar.fork", "1"));
    Archive.delete(local.resolve("dev/tollbar"));
    Files.createDirectories(local);
    String near = Path.of(System.getProperty("tollbar.repository", "")).toUri().toString();
    Path settings = Files.writeString(local.resolve("settings.xml"), settings(local, near));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("tollbar.maven", ""), "bin", "mvn").toString());
    words.addAll(List.of("-B", "-q", "-s", settings.toString(), "verify"));
    words.addAll(List.of(more));
    Finished built = Finished.run(new ProcessBuilder(words).directory(module.toFile()));
    assertThat(built.exitCode()).as("%s%s", built.out(), built.err()).isZero();
  }

  private static String settings(Path local, String near) {
    return """
    <settings>
      <localRepository>%1$s</localRepository>
      <profiles>
        <profile>
          <id>near</id>
          <repositories>
            <repository><id>near</id><url>%2$s</url><releases><checksumPolicy>ignore</checksumPolicy></releases></repository>
          </repositories>
          <pluginRepositories>
            <pluginRepository><id>near</id><url>%2$s</url><releases><checksumPolicy>ignore</checksumPolicy></releases></pluginRepository>
          </pluginRepositories>
        </profile>
      </profiles>
      <activeProfiles><activeProfile>near</activeProfile></activeProfiles>
    </settings>
    """
        .formatted(local, near);
  }
}
