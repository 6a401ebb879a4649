package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All plugins that were loaded at one time, and the kinds they supply. Immutable and safe for use
 * by many threads. Close it when no revision that was compiled with it is used any more, after all
 * rules and transports of its kinds are closed: their classes cannot be loaded afterwards.
 */
public final class Generation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

  private final Path folder;
  private final List<Candidate> candidates;
  private final Map<String, LoadedRuleKind> ruleKinds;
  private final Map<String, LoadedTransportKind> transportKinds;
  private final AtomicBoolean closed = new AtomicBoolean();

  Generation(Path folder, List<Candidate> candidates) {
    this.folder = folder;
    this.candidates = List.copyOf(candidates);
    Map<String, LoadedRuleKind> rules = new TreeMap<>();
    Map<String, LoadedTransportKind> transports = new TreeMap<>();
    for (Candidate candidate : candidates) {
      for (LoadedKind kind : candidate.kinds()) {
        switch (kind) {
          case LoadedRuleKind rule -> rules.put(rule.name(), rule);
          case LoadedTransportKind transport -> transports.put(transport.name(), transport);
        }
      }
    }
    this.ruleKinds = Collections.unmodifiableMap(rules);
    this.transportKinds = Collections.unmodifiableMap(transports);
  }

  /** By the key that documents use, sorted. */
  public Map<String, LoadedRuleKind> ruleKinds() {
    return ruleKinds;
  }

  /** The rule kind of that name, if a plugin supplies it. */
  public Optional<LoadedRuleKind> ruleKind(String name) {
    return Optional.ofNullable(ruleKinds.get(name));
  }

  /** The transport kind of that name, if a plugin supplies it. */
  public Optional<LoadedTransportKind> transportKind(String name) {
    return Optional.ofNullable(transportKinds.get(name));
  }

  /** By the key that documents use, sorted. */
  public Map<String, LoadedTransportKind> transportKinds() {
    return transportKinds;
  }

  /** Every jar of the folder, refused ones too, sorted by file name. */
  public List<PluginReport> plugins() {
    return candidates.stream().map(Candidate::report).toList();
  }

  /**
   * Stops the plugins that no other generation has, last one first, closes their class loaders and
   * deletes the private copies of their jars. A plugin that fails or does not end is logged and
   * keeps no other from being stopped. An interrupt is kept for the caller and does not end the
   * closing.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    boolean interrupted = false;
    for (Candidate candidate : candidates.reversed()) {
      if (candidate.running().isPresent()) {
        try {
          candidate.running().get().leave();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    deleteIfEmpty(folder);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What runs of that very jar, for a further generation; the caller has to close it there. */
  Optional<Candidate> enter(String file, String sha256) {
    return candidates.stream()
        .filter(candidate -> candidate.report().file().equals(file))
        .filter(candidate -> candidate.report().sha256().filter(sha256::equals).isPresent())
        .filter(candidate -> candidate.running().filter(RunningPlugin::enter).isPresent())
        .findFirst();
  }

  /** A plugin that a later generation shares keeps the folder of its copy. */
  private static void deleteIfEmpty(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      LOG.trace("{} is still in use", folder, e);
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted", folder, e);
    }
  }

  /** Deletes a folder and what is in it; what cannot be deleted is logged and stays. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted", folder, e);
    }
  }
}
