package dev.tollbar.bootstrap;

import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads the plugins for one process. */
final class Plugins {
  private Plugins() {}

  /** A generation of the plugins folder. The copies that are loaded are private to this process. */
  static Generation load(Folders folders) throws CommandException, InterruptedException {
    Path plugins = folders.plugins();
    try {
      Path copies = Files.createTempDirectory("tollbar-plugins");
      Generation generation = new PluginLoader().load(plugins, copies);
      copies.toFile().deleteOnExit();
      return generation;
    } catch (IOException e) {
      throw CommandException.failed("tollbar: the plugins cannot be loaded: " + e.getMessage());
    }
  }
}
