package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Maven as somebody runs it who has the archive and nothing else of the project, not even Maven:
 * with a local repository of its own, where what this build has downloaded lies near.
 */
final class Maven {
  private static final String NEAR = System.getProperty("tollbar.repository", "");

  private Maven() {}

  /**
   * Runs {@code ./mvnw verify} of the first of some modules for all of them, with nothing of the
   * project left from before. One process, because two take twice as long and show no more.
   *
   * @param folder that the modules lie in
   */
  static void verify(Path folder, List<String> modules) throws IOException, InterruptedException {
    Path local =
        Archive.packed("zip")
            .toAbsolutePath()
            .resolveSibling("stranger-" + System.getProperty("tollbar.fork", "1"));
    Archive.delete(local.resolve("dev/tollbar"));
    Files.createDirectories(local);
    Path settings = Files.writeString(local.resolve("settings.xml"), settings(local));
    Path all = Files.writeString(folder.resolve("pom.xml"), both(modules));
    HttpServer central =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Path.of(NEAR).toAbsolutePath(),
            SimpleFileServer.OutputLevel.NONE);
    central.start();
    try {
      ProcessBuilder maven =
          new ProcessBuilder(
                  folder.resolve(modules.getFirst()).resolve("mvnw").toString(),
                  "-B",
                  "-q",
                  "-s",
                  settings.toString(),
                  "-f",
                  all.toString(),
                  "verify")
              .directory(folder.toFile());
      maven.environment().remove("MAVEN_HOME");
      maven.environment().remove("M2_HOME");
      maven.environment().put("MAVEN_USER_HOME", local.resolve("user").toString());
      maven.environment().put("MVNW_REPOURL", "http://127.0.0.1:" + central.getAddress().getPort());
      // For compilers and tests as well: none runs long enough for the second compiler to pay.
      maven.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
      Finished built = Finished.run(maven);
      assertThat(built.exitCode()).as("%s%s", built.out(), built.err()).isZero();
    } finally {
      central.stop(0);
    }
  }

  /** Names modules, and gives them nothing. */
  private static String both(List<String> modules) {
    return """
    <project>
      <modelVersion>4.0.0</modelVersion>
      <groupId>stranger</groupId>
      <artifactId>all</artifactId>
      <version>1</version>
      <packaging>pom</packaging>
      <modules>%s</modules>
    </project>
    """
        .formatted(
            modules.stream()
                .map(module -> "<module>" + module + "</module>")
                .collect(Collectors.joining()));
  }

  private static String settings(Path local) {
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
        .formatted(local, Path.of(NEAR).toUri());
  }
}
