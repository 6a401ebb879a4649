package dev.tollbar.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jars into one generation, one at a time, and says why it does not. Whatever a jar does, the
 * others are not touched by it.
 */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final PluginHost host;
  private final Path folder;
  private final PluginApi api;
  private final Duration limit;
  private final Map<String, String> jarsById = new LinkedHashMap<>();

  Admission(Path folder, PluginApi api, Duration limit) {
    this.host = new PluginHost(folder, api);
    this.folder = folder;
    this.api = api;
    this.limit = limit;
  }

  Candidate admit(Path jar) throws InterruptedException {
    String file = jar.getFileName().toString();
    Path copy = folder.resolve(file);
    Optional<String> sha256 = Optional.empty();
    PluginManifest manifest = PluginManifest.unread();
    try {
      sha256 = Optional.of(copy(jar, copy));
      manifest = PluginManifest.read(copy, api);
      check(manifest);
      return run(file, sha256, manifest, copy);
    } catch (Refusal e) {
      return refused(file, sha256, manifest, e.why(), e);
    } catch (IOException e) {
      return refused(file, sha256, manifest, "it cannot be read (" + reason(e) + ")", e);
    } catch (RuntimeException | LinkageError e) { // PF4J's
      String why = "it cannot be loaded: " + Fault.words(e, api);
      return refused(file, sha256, manifest, why, e);
    }
  }

  private Candidate run(String file, Optional<String> sha256, PluginManifest manifest, Path copy)
      throws Refusal, InterruptedException {
    PluginWrapper wrapper = host.add(copy);
    PluginThread thread = new PluginThread(wrapper.getPluginClassLoader(), limit, api);
    RunningPlugin plugin = new RunningPlugin(host, wrapper, thread);
    boolean admitted = false;
    try {
      plugin.start();
      List<LoadedKind> kinds = plugin.kinds(manifest.plugin(), file);
      admitted = true;
      jarsById.put(manifest.id().orElseThrow(), file);
      PluginReport report = report(file, sha256, manifest, kinds, Optional.empty());
      return new Candidate(report, Optional.of(plugin), kinds);
    } finally {
      if (!admitted) {
        plugin.unload();
      }
    }
  }

  private Candidate refused(
      String file, Optional<String> sha256, PluginManifest manifest, String why, Throwable thrown) {
    LOG.debug("{} is refused", file, thrown);
    return new Candidate(
        report(file, sha256, manifest, List.of(), Optional.of(why)), Optional.empty(), List.of());
  }

  private void check(PluginManifest manifest) throws Refusal {
    List<String> problems = new ArrayList<>(manifest.problems());
    manifest
        .id()
        .filter(jarsById::containsKey)
        .ifPresent(id ->
            problems.add(
                "Plugin-Id "
                    + Quoted.text(id)
                    + " is that of "
                    + jarsById.get(id)
                    + " too; remove one of the two jars"));
    if (!problems.isEmpty()) {
      throw new Refusal(String.join("; ", problems));
    }
  }

  private static String copy(Path jar, Path copy) throws IOException {
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(jar);
        OutputStream out = new DigestOutputStream(Files.newOutputStream(copy), sha256)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file";
      default -> Quoted.plain(String.valueOf(e.getMessage()));
    };
  }

  private PluginReport report(
      String file,
      Optional<String> sha256,
      PluginManifest manifest,
      List<LoadedKind> kinds,
      Optional<String> why) {
    return new PluginReport(
        file,
        manifest.id(),
        manifest.version(),
        manifest.provider(),
        manifest.requires(),
        api.version(),
        sha256,
        names(kinds, LoadedRuleKind.class),
        names(kinds, LoadedTransportKind.class),
        why.isPresent() ? PluginReport.State.REFUSED : PluginReport.State.LOADED,
        why,
        manifest.warnings());
  }

  private static List<String> names(List<LoadedKind> kinds, Class<? extends LoadedKind> type) {
    return kinds.stream().filter(type::isInstance).map(LoadedKind::name).sorted().toList();
  }
}
