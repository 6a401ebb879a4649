package dev.tollbar.plugins;

import java.nio.file.Path;
import java.util.Optional;

/** What {@code plugins.lock} says; if it cannot be used, no jar may be loaded. */
final class Trust {
  private final PluginLock lock;
  private final Optional<String> problem;

  private Trust(PluginLock lock, Optional<String> problem) {
    this.lock = lock;
    this.problem = problem;
  }

  static Trust of(Path pluginsFolder) {
    try {
      return new Trust(PluginLock.read(pluginsFolder), Optional.empty());
    } catch (PluginLock.LockException e) {
      return new Trust(PluginLock.NONE, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  Optional<String> signer(JarSignature signature) {
    return lock.signer(signature);
  }

  /**
   * Checks a jar whose manifest is in order.
   *
   * @throws Refusal if it may not be loaded
   */
  void check(PluginManifest manifest, String sha256, JarSignature signature) throws Refusal {
    Optional<String> why =
        problem.isPresent()
            ? problem
            : lock.refusal(
                manifest.id().orElseThrow(), manifest.version().orElseThrow(), sha256, signature);
    if (why.isPresent()) {
      throw new Refusal(why.get());
    }
  }
}
