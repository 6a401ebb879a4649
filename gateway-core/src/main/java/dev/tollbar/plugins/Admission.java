package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jars into one generation, one at a time, and says why it does not. Whatever a jar does, the
 * others are not touched by it. A jar that another generation has too goes on as it runs.
 */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final Path folder;
  private final PluginApi api;
  private final Settings settings;
  private final Trust trust;
  private final List<Generation> running;

  /**
   * What does not change from one generation to the next.
   *
   * @param limit how long a plugin may take to start, to create and name one of its kinds, and to
   *     stop
   * @param runLimit how long code of strangers may take for one thing while the gateway serves
   */
  record Settings(
      PluginApi api,
      Duration limit,
      Duration runLimit,
      InstantSource clock,
      Supplier<Deprecations> deprecations,
      Bundled bundled,
      ConfigCheck configs) {}

  Admission(Path folder, Settings settings, Trust trust, List<Generation> running) {
    this.folder = folder;
    this.api = settings.api();
    this.settings = settings;
    this.trust = trust;
    this.running = running;
  }

  /** Copies jars and reads what they say of themselves, then runs them. */
  void admit(List<Path> jars, List<Candidate> candidates) throws InterruptedException {
    List<Arrival> arrivals = new ArrayList<>();
    for (Path jar : jars) {
      checkInterrupt();
      arrivals.add(look(jar));
    }
    for (List<Arrival> versions : byPlugin(arrivals)) {
      admitOneOf(versions, candidates);
    }
    candidates.sort(Comparator.comparing(candidate -> candidate.report().file()));
  }

  /**
   * The newest version that works. One that does not work leaves the older one in use: to have none
   * would be no safer, since a rule that cannot be made keeps the whole document from coming into
   * force.
   */
  private void admitOneOf(List<Arrival> versions, List<Candidate> candidates)
      throws InterruptedException {
    Optional<Arrival> used = Optional.empty();
    for (Arrival arrival : versions) {
      checkInterrupt();
      Candidate candidate = used.isPresent() ? after(used.get(), arrival) : admit(arrival);
      candidates.add(candidate);
      if (candidate.running().isPresent()) {
        used = Optional.of(arrival);
      } else {
        delete(arrival.copy());
      }
    }
  }

  private Candidate after(Arrival used, Arrival other) {
    if (api.compare(used.version(), other.version()) > 0) {
      return other.superseded(api, used);
    }
    return other.refused(
        api,
        "Plugin-Id "
            + Quoted.text(other.manifest().id().orElseThrow())
            + " is that of "
            + used.file()
            + " too; remove one of the two jars");
  }

  /** The jars of each plugin, newest version first; what cannot be used stands alone. */
  private List<List<Arrival>> byPlugin(List<Arrival> arrivals) {
    Map<String, List<Arrival>> groups = new LinkedHashMap<>();
    for (Arrival arrival : arrivals) {
      String key =
          arrival.refusal().isPresent()
              ? "file " + arrival.file()
              : "plugin " + arrival.manifest().id().orElseThrow();
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(arrival);
    }
    groups.values().forEach(group -> group.sort((a, b) -> newestFirst(a, b)));
    return List.copyOf(groups.values());
  }

  private int newestFirst(Arrival one, Arrival other) {
    return one.refusal().isPresent() ? 0 : api.compare(other.version(), one.version());
  }

  private Arrival look(Path jar) {
    String file = jar.getFileName().toString();
    Path copy = folder.resolve(file);
    Optional<String> sha256 = Optional.empty();
    PluginManifest manifest = PluginManifest.unread();
    Optional<String> signer = Optional.empty();
    Optional<Refusal> refusal = Optional.empty();
    try {
      String digest = JarCopy.make(jar, copy);
      sha256 = Optional.of(digest);
      manifest = PluginManifest.read(copy, api);
      if (!manifest.problems().isEmpty()) {
        throw new Refusal(String.join("; ", manifest.problems()));
      }
      JarSignature signature = JarSignature.read(copy);
      signer = trust.signer(signature);
      trust.check(manifest, digest, signature);
      if (!settings.bundled().has(digest)) {
        manifest = warned(manifest, copy);
      }
    } catch (Refusal e) {
      refusal = Optional.of(e);
    } catch (IOException e) {
      refusal = Optional.of(JarCopy.unreadable(e));
    }
    return new Arrival(file, copy, sha256, manifest, signer, refusal);
  }

  /** With what of the API it uses that a later version may not have. */
  private PluginManifest warned(PluginManifest manifest, Path copy) throws IOException {
    List<String> used = settings.deprecations().get().usedBy(copy);
    return used.isEmpty()
        ? manifest
        : manifest.warned(
            "it uses what plugin API %s has deprecated and the next major version may not have: %s; when it is built anew, the compiler says what to use instead"
                .formatted(api.version(), String.join(", ", used)));
  }

  private Candidate admit(Arrival arrival) throws InterruptedException {
    try {
      if (arrival.refusal().isPresent()) {
        throw arrival.refusal().get();
      }
      Optional<Candidate> shared = shared(arrival.file(), arrival.sha256().orElseThrow());
      if (shared.isPresent()) {
        delete(arrival.copy());
        Candidate same = shared.get();
        return arrival.loaded(
            api, same.running().orElseThrow(), same.kinds(), same.report().since().orElseThrow());
      }
      return run(arrival);
    } catch (Refusal e) {
      LOG.debug("{} is refused", arrival.file(), e);
      return arrival.refused(api, e.why());
    } catch (RuntimeException | LinkageError e) { // PF4J's
      LOG.debug("{} is refused", arrival.file(), e);
      return arrival.refused(api, "it cannot be loaded: " + Fault.words(e, api));
    }
  }

  private Optional<Candidate> shared(String file, String sha256) {
    return running.stream()
        .flatMap(generation -> generation.enter(file, sha256).stream())
        .findFirst();
  }

  private Candidate run(Arrival arrival) throws Refusal, InterruptedException {
    boolean bundled = arrival.sha256().filter(settings.bundled()::has).isPresent();
    PluginHost host = new PluginHost(folder, api, bundled);
    PluginWrapper wrapper = host.add(arrival.copy());
    PluginThread thread =
        new PluginThread(
            wrapper.getPluginClassLoader(), settings.limit(), settings.runLimit(), api);
    RunningPlugin plugin = new RunningPlugin(host, wrapper, thread, arrival.copy());
    boolean admitted = false;
    try {
      plugin.start();
      List<LoadedKind> kinds =
          plugin.kinds(settings.configs(), arrival.manifest().plugin(), arrival.file());
      admitted = true;
      return arrival.loaded(api, plugin, kinds, settings.clock().instant());
    } finally {
      if (!admitted) {
        plugin.leave();
      }
    }
  }

  /** A quick plugin is there before anybody waits for it, and only waiting notices an interrupt. */
  private static void checkInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static void delete(Path copy) {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted", copy, e);
    }
  }
}
