package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The unpacked archive.
 *
 * @param home the folder that holds {@code bin} and the rest
 */
record Archive(Path home) {

  static String version() {
    return System.getProperty("tollbar.version", "");
  }

  /** The packed archive, {@code "tar.gz"} or {@code "zip"}. */
  static Path packed(String extension) {
    return Path.of(System.getProperty("tollbar.archive", "") + "." + extension);
  }

  /** Unpacks the archive into a folder that is emptied before. */
  static Archive unpack(Path into) throws IOException, InterruptedException {
    delete(into);
    Files.createDirectories(into);
    Finished tar =
        Finished.run(
            new ProcessBuilder("tar", "xzf", packed("tar.gz").toString(), "-C", into.toString()));
    if (tar.exitCode() != 0) {
      throw new IOException(tar.err());
    }
    return new Archive(into.resolve("tollbar-" + version()));
  }

  /**
   * {@code bin/tollbar} with these arguments, not started yet. Its end comes too soon for the
   * second compiler, which would take a third of the machine from the tests.
   */
  ProcessBuilder command(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(home.resolve("bin/tollbar").toString());
    words.addAll(List.of(arguments));
    ProcessBuilder program = new ProcessBuilder(words);
    program.environment().put("TOLLBAR_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    return program;
  }

  /** Runs {@code bin/tollbar} to its end. */
  Finished run(String... arguments) throws IOException, InterruptedException {
    return Finished.run(command(arguments));
  }

  /** The names of the files in a folder of the archive, sorted. */
  List<String> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Copies the bundled plugins into a folder {@code plugins}, for tests that add to them. */
  Path copyPlugins(Path into) throws IOException {
    Path plugins = Files.createDirectory(into.resolve("plugins"));
    for (String jar : files("plugins")) {
      Files.copy(home.resolve("plugins").resolve(jar), plugins.resolve(jar));
    }
    return plugins;
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
