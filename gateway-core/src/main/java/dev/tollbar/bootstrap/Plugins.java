package dev.tollbar.bootstrap;

import dev.tollbar.document.ConfigTypes;
import dev.tollbar.plugins.Bundled;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginInspection;
import dev.tollbar.plugins.PluginLoader;
import dev.tollbar.plugins.PluginLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Loads the plugins for one process. */
final class Plugins {
  /** Written by the build of the archive. */
  private static final String BUNDLED = "bundled-plugins.sha256";

  private Plugins() {}

  /** What knows the plugins that came with this gateway. */
  static PluginLoader loader() {
    return new PluginLoader(
        Bundled.read(Folders.home().resolve("lib").resolve(BUNDLED)), ConfigTypes::problem);
  }

  /** The plugins folder, with private copies in the folder for temporary files. */
  static PluginFolder folder(Folders folders) throws CommandException {
    Path plugins = folders.plugins();
    try {
      return new PluginFolder(plugins, Files.createTempDirectory("tollbar-plugins"));
    } catch (IOException e) {
      throw cannotBeLoaded(e);
    }
  }

  /** A generation of the plugins folder, for a command that does not serve. */
  static Generation load(Folders folders) throws CommandException, InterruptedException {
    return load(folder(folders));
  }

  /** The first generation. */
  static Generation load(PluginFolder folder) throws CommandException, InterruptedException {
    try {
      return folder.load();
    } catch (IOException e) {
      throw cannotBeLoaded(e);
    }
  }

  /** What lies in the plugins folder, without running any of it. */
  static List<PluginInspection> inspect(Folders folders) throws CommandException {
    Path plugins = folders.plugins();
    try {
      Path copies = Files.createTempDirectory("tollbar-plugins");
      try {
        return loader().inspect(plugins, copies);
      } finally {
        Files.deleteIfExists(copies);
      }
    } catch (IOException e) {
      throw cannotBeLoaded(e);
    } catch (PluginLock.LockException e) {
      throw CommandException.badInput(String.valueOf(e.getMessage()));
    }
  }

  private static CommandException cannotBeLoaded(IOException e) {
    return CommandException.failed("tollbar: the plugins cannot be loaded: " + e.getMessage());
  }
}
