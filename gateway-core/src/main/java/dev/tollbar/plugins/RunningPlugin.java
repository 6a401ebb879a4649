package dev.tollbar.plugins;

import java.util.List;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plugin whose class loader is open. */
final class RunningPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(RunningPlugin.class);

  private final PluginHost host;
  private final PluginWrapper plugin;
  private final PluginThread thread;

  RunningPlugin(PluginHost host, PluginWrapper plugin, PluginThread thread) {
    this.host = host;
    this.plugin = plugin;
    this.thread = thread;
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

  List<LoadedKind> kinds(String name, String jar) throws Refusal, InterruptedException {
    return KindIndex.read(thread, name, jar);
  }

  /** Stops the plugin if it was started, and closes its class loader, whatever it throws. */
  void unload() throws InterruptedException {
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
}
