package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plugin whose class loader is open. Generations that have the same jar share it: the last to
 * leave unloads it. Safe for use by many threads once it has started.
 */
final class RunningPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(RunningPlugin.class);

  private final PluginHost host;
  private final PluginWrapper plugin;
  private final PluginThread thread;
  private final Path copy;

  /** Generations that have it. */
  private final AtomicInteger users = new AtomicInteger(1);

  RunningPlugin(PluginHost host, PluginWrapper plugin, PluginThread thread, Path copy) {
    this.host = host;
    this.plugin = plugin;
    this.thread = thread;
    this.copy = copy;
  }

  void start() throws Refusal, InterruptedException {
    thread.call(
        "it cannot be started",
        () -> {
          plugin.getPlugin().start();
          return true;
        });
    // Set here, not by the plugin's thread: PF4J's lists are not for two threads.
    plugin.setPluginState(PluginState.STARTED);
  }

  List<LoadedKind> kinds(ConfigCheck configs, String name, String jar)
      throws Refusal, InterruptedException {
    return KindIndex.read(thread, configs, name, jar);
  }

  /** Takes it into a further generation; false if it is unloaded. */
  boolean enter() {
    return users.getAndUpdate(now -> now == 0 ? 0 : now + 1) > 0;
  }

  /**
   * Takes it out of a generation. The last one stops the plugin if it was started, and closes its
   * class loader, whatever it throws.
   */
  void leave() throws InterruptedException {
    if (users.decrementAndGet() > 0) {
      return;
    }
    try {
      if (plugin.getPluginState().isStarted()) {
        stop();
      }
    } finally {
      plugin.setPluginState(PluginState.STOPPED);
      try {
        host.unloadPlugin(plugin.getPluginId());
      } catch (RuntimeException e) {
        LOG.warn("plugin {} was not unloaded cleanly", plugin.getPluginId(), e);
      }
      delete(copy);
    }
  }

  private void stop() throws InterruptedException {
    try {
      thread.call(
          "it did not stop",
          () -> {
            plugin.getPlugin().stop();
            return true;
          });
    } catch (Refusal e) {
      LOG.warn("plugin {}: {}", plugin.getPluginId(), e.why());
    }
  }

  /** With its folder, if it was the last one there. */
  private static void delete(Path copy) {
    try {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(copy.resolveSibling(""));
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      LOG.trace("others are still there", e);
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted", copy, e);
    }
  }
}
