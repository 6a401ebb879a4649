package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The cache is made beside the first gateway, used by the next start, and lost with any jar. */
@ExtendWith(Fixtures.class)
class StartCacheIT {
  @TempDir private Path folder;

  @Test
  void theFirstGatewayMakesItAndTheNextStartUsesIt(Archive archive)
      throws IOException, InterruptedException {
    Archive own = linked(archive);
    assertThat(sourceOfMain(own)).doesNotContain("shared objects file");

    Path cache = madeByAGateway(own);
    assertThat(sourceOfMain(own)).contains("shared objects file");

    byte[] good = Files.readAllBytes(cache);
    Files.write(cache, new byte[good.length]);
    assertThat(own.run("version")).isEqualTo(archive.run("version"));
    Files.write(cache, "no cache".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(own.run("version")).isEqualTo(archive.run("version"));
    Files.write(cache, good);
    assertThat(sourceOfMain(own)).contains("shared objects file");

    Files.setLastModifiedTime(
        own.home().resolve("lib/gateway-core-" + Archive.version() + ".jar"),
        FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    assertThat(sourceOfMain(own)).doesNotContain("shared objects file");
  }

  @Test
  void saysWhereItCannotBeMade(Archive archive) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("file"), "");
    ProcessBuilder command = archive.command("start-cache");
    command.environment().put("TOLLBAR_CACHE_DIR", file.toString());

    Finished finished = Finished.run(command);

    assertThat(finished.exitCode()).isEqualTo(1);
    assertThat(finished.err())
        .endsWith(
            "tollbar: the start-up cache was not made: "
                + file
                + " cannot be written. Set TOLLBAR_CACHE_DIR to a folder that can.\n");
  }

  /** A gateway that is stopped as soon as the cache is there. */
  private Path madeByAGateway(Archive archive) throws IOException, InterruptedException {
    Path document =
        Files.writeString(
            folder.resolve("document.yaml"),
            """
            version: "2"
            servers: { notes: { transport: { streamable_http: { url: "http://127.0.0.1:9/" } } } }
            policies: { notes: { default: allow } }
            """);
    ProcessBuilder command =
        command(
            archive,
            "serve",
            "--document",
            document.toString(),
            "--port",
            "0",
            "--admin-port",
            "0",
            "--data",
            folder.resolve("data").toString());
    command.environment().put("TOLLBAR_START_CACHE", "on");
    Path log = folder.resolve("log");
    Process gateway = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      while (!Files.readString(log).contains("the start-up cache is made")) {
        assertThat(gateway.isAlive()).as(Files.readString(log)).isTrue();
        Thread.sleep(100);
      }
    } finally {
      gateway.destroy();
      gateway.waitFor();
    }
    try (Stream<Path> files = Files.list(caches())) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }

  private Path caches() {
    return folder.resolve("caches");
  }

  private ProcessBuilder command(Archive archive, String... arguments) {
    ProcessBuilder command = archive.command(arguments);
    command.environment().put("TOLLBAR_CACHE_DIR", caches().toString());
    return command;
  }

  /** Where the JVM says that it has the program's main class from. */
  private String sourceOfMain(Archive archive) throws IOException, InterruptedException {
    Path classes = folder.resolve("classes");
    ProcessBuilder command = command(archive, "version");
    command.environment().put("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes);
    assertThat(Finished.run(command).exitCode()).isZero();
    try (Stream<String> lines = Files.lines(classes)) {
      return lines
          .filter(line -> line.contains(" dev.tollbar.bootstrap.Main source:"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** An installation of its own, of the same files but for what lies in lib. */
  private Archive linked(Archive archive) throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    for (String name : List.of("conf", "plugins", "policies")) {
      Files.createSymbolicLink(home.resolve(name), archive.home().resolve(name));
    }
    for (String name : List.of("bin", "lib")) {
      Path copies = Files.createDirectories(home.resolve(name));
      for (String file : archive.files(name)) {
        Files.copy(
            archive.home().resolve(name).resolve(file),
            copies.resolve(file),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return new Archive(home);
  }
}
