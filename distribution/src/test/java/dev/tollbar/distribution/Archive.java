package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    Archive archive = new Archive(into.resolve("tollbar-" + version()));
    archive.makeStartCache();
    return archive;
  }

  /** One for all processes that run tests, made by the first of them. */
  private void makeStartCache() throws IOException, InterruptedException {
    Path folder = startCaches();
    Path madeFor = folder.resolve("made-for");
    String archive = Files.getLastModifiedTime(packed("tar.gz")).toString();
    Files.createDirectories(folder.resolveSibling(""));
    try (FileChannel channel =
            FileChannel.open(
                folder.resolveSibling("start-cache.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (!Files.exists(madeFor) || !Files.readString(madeFor).equals(archive)) {
        delete(folder);
        Finished made = run("start-cache");
        if (made.exitCode() != 0) {
          throw new IOException(made.err());
        }
        Files.writeString(madeFor, archive);
      }
    }
  }

  private static Path startCaches() {
    return packed("tar.gz").toAbsolutePath().resolveSibling("it").resolve("start-cache");
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
    program.environment().put("TOLLBAR_START_CACHE", "use");
    program.environment().put("TOLLBAR_CACHE_DIR", startCaches().toString());
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
