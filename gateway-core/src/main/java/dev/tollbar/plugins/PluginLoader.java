package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fills generations from a folder of jars. Safe for use by many threads; each call makes a
 * generation of its own beside those that run.
 */
public final class PluginLoader {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** As the gateway gives a rule for a call. */
  private static final Duration RUN_LIMIT = Duration.ofSeconds(5);

  private static final String PREFIX = "generation-";

  private final Admission.Settings settings;

  /** As below; every plugin is a stranger's, and their configs are not looked at. */
  public PluginLoader() {
    this(Bundled.NONE, _ -> Optional.empty());
  }

  /**
   * For the plugin API that this program was built with.
   *
   * @param bundled the plugins whose code is known to keep to its bounds
   * @param configs knows what documents can be read into
   */
  public PluginLoader(Bundled bundled, ConfigCheck configs) {
    this(
        new Admission.Settings(
            PluginApi.ofThisBuild(),
            LIMIT,
            RUN_LIMIT,
            InstantSource.system(),
            Deprecations::ofThisBuild,
            bundled,
            configs));
  }

  PluginLoader(PluginApi api, Duration limit) {
    this(
        new Admission.Settings(
            api,
            limit,
            limit,
            InstantSource.system(),
            Deprecations::ofThisBuild,
            Bundled.NONE,
            _ -> Optional.empty()));
  }

  PluginLoader(Admission.Settings settings) {
    this.settings = settings;
  }

  /** The version of the plugin API that plugins find here. */
  public String apiVersion() {
    return settings.api().version();
  }

  /**
   * Loads every {@code *.jar} of a folder, sorted by name. A jar that cannot be used is refused and
   * reported; the others are loaded all the same. Of several versions of one plugin the newest that
   * works is used. A {@code plugins.lock} in the folder says which may be.
   *
   * @param privateFolder where the copies that are loaded are kept, so that a jar of the plugins
   *     folder can be replaced at any time; made if it does not exist
   * @throws IOException if the folder cannot be read, or the private one not be written
   * @throws InterruptedException if the thread was interrupted; nothing stays loaded
   */
  public Generation load(Path pluginsFolder, Path privateFolder)
      throws IOException, InterruptedException {
    return load(pluginsFolder, privateFolder, List.of());
  }

  /**
   * As {@link #load(Path, Path)}, beside generations that run: what is the same in one of them, by
   * file name and content, is not loaded again but shared, and goes with the last generation that
   * has it.
   */
  public Generation load(Path pluginsFolder, Path privateFolder, List<Generation> running)
      throws IOException, InterruptedException {
    List<Path> jars = jars(pluginsFolder);
    Files.createDirectories(privateFolder);
    Path folder = Files.createTempDirectory(privateFolder, PREFIX);
    List<Candidate> candidates = new ArrayList<>();
    boolean complete = false;
    try {
      new Admission(folder, settings, Trust.of(pluginsFolder), running).admit(jars, candidates);
      refuseClashes(candidates);
      complete = true;
      return new Generation(folder, candidates);
    } finally {
      if (!complete) {
        new Generation(folder, candidates).close();
        Generation.delete(folder);
      }
    }
  }

  /**
   * Looks at every jar of a folder without running any, whatever its lock requires.
   *
   * @throws PluginLock.LockException if the lock cannot be used
   */
  public List<PluginInspection> inspect(Path pluginsFolder, Path privateFolder)
      throws IOException, PluginLock.LockException {
    PluginLock lock = PluginLock.read(pluginsFolder);
    List<PluginInspection> inspections = new ArrayList<>();
    for (Path jar : jars(pluginsFolder)) {
      inspections.add(Inspector.inspect(jar, privateFolder, settings.api(), lock));
    }
    return inspections;
  }

  /**
   * Deletes the copies that an earlier process left behind when it was killed. To be called before
   * the first generation is loaded.
   */
  public void deleteLeftovers(Path privateFolder) throws IOException {
    if (!Files.isDirectory(privateFolder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(privateFolder)) {
      entries
          .filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
          .forEach(Generation::delete);
    }
  }

  private static List<Path> jars(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "there is no such plugins folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().endsWith(".jar"))
          .filter(entry -> !Files.isDirectory(entry))
          .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
          .toList();
    }
  }

  /** Which of two plugins was meant cannot be known: neither is used. */
  private static void refuseClashes(List<Candidate> candidates) throws InterruptedException {
    Map<String, List<String>> jarsByKind = new TreeMap<>();
    for (Candidate candidate : candidates) {
      for (LoadedKind kind : candidate.kinds()) {
        jarsByKind.computeIfAbsent(kind.inWords(), _ -> new ArrayList<>()).add(kind.jar());
      }
    }
    jarsByKind.values().removeIf(jars -> jars.size() == 1);
    for (int i = candidates.size() - 1; i >= 0; i--) {
      Candidate candidate = candidates.get(i);
      String why =
          jarsByKind.entrySet().stream()
              .filter(clash -> clash.getValue().contains(candidate.report().file()))
              .map(clash -> clash(clash.getKey(), clash.getValue()))
              .collect(Collectors.joining("; "));
      if (!why.isEmpty()) {
        candidates.set(i, candidate.refusedAfterAll(why));
      }
    }
  }

  private static String clash(String kind, List<String> jars) {
    return "the %s is supplied by %s; leave only one of these jars in the folder"
        .formatted(kind, String.join(" and ", jars));
  }
}
