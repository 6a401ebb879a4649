package dev.tollbar.bootstrap;

import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginLoader;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The plugins folder of one process, and the generations that were loaded from it. The copies that
 * are loaded are private to this process. Safe for use by many threads.
 */
final class PluginFolder implements AutoCloseable {

  /** What a jar looks like from outside: another look means that it may be another jar. */
  record Look(Instant modified, long size, Optional<Object> key) {}

  private final PluginLoader loader = Plugins.loader();
  private final Path folder;
  private final Path copies;
  private volatile Map<String, Look> loaded = Map.of();
  private final Set<Generation> open = ConcurrentHashMap.newKeySet();

  /**
   * A folder of jars.
   *
   * @param copies an empty folder of this process; deleted at the end
   */
  PluginFolder(Path folder, Path copies) {
    this.folder = folder;
    this.copies = copies;
  }

  Path path() {
    return folder;
  }

  /**
   * A generation of what lies there now, beside those that run: it shares with them what has not
   * changed. It is closed with this folder at the latest.
   */
  Generation load() throws IOException, InterruptedException {
    loaded = look();
    Generation generation = loader.load(folder, copies, List.copyOf(open));
    open.add(generation);
    return generation;
  }

  /** How the jars looked before they were loaded for the last time. */
  Map<String, Look> loaded() {
    return loaded;
  }

  /** Unloads what no other generation has. */
  synchronized void close(Generation generation) {
    if (open.remove(generation)) {
      generation.close();
    }
  }

  /** All jars and the lock as they look now, by file name. */
  Map<String, Look> look() throws IOException {
    Map<String, Look> looks = new HashMap<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.{jar,lock}")) {
      for (Path jar : jars) {
        look(jar).ifPresent(look -> looks.put(String.valueOf(jar.getFileName()), look));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return looks;
  }

  /** Empty for a jar that went away while the others were looked at. */
  private static Optional<Look> look(Path jar) {
    try {
      BasicFileAttributes file = Files.readAttributes(jar, BasicFileAttributes.class);
      return Optional.of(
          new Look(
              file.lastModifiedTime().toInstant(),
              file.size(),
              Optional.ofNullable(file.fileKey())));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Waits for what is being unloaded. */
  @Override
  public synchronized void close() throws IOException {
    open.forEach(this::close);
    try {
      Files.deleteIfExists(copies);
    } catch (DirectoryNotEmptyException e) {
      copies.toFile().deleteOnExit(); // a plugin that does not stop in time still has its jar
    }
  }
}
