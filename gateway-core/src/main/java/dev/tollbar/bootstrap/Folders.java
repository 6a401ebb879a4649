package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway finds plugins and keeps its data. */
final class Folders {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where grants, approvals and decision records are kept. Default: data/ in Tollbar's folder.")
  private @Nullable Path data;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "Where the plugin jars are. Default: plugins/ in Tollbar's folder.")
  private @Nullable Path plugins;

  /** The data folder; made, for its owner only, if it is not there. */
  Path data() throws CommandException {
    Path folder = dataIfAny();
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
      }
    } catch (IOException e) {
      throw CommandException.badInput(
          "tollbar: the data folder " + folder + " cannot be made. Name another one with --data.");
    }
    if (!Files.isWritable(folder)) {
      throw CommandException.badInput(
          "tollbar: the data folder "
              + folder
              + " cannot be written. Name another one with --data.");
    }
    return folder;
  }

  /** The data folder, whether it exists or not. */
  Path dataIfAny() {
    return Optional.ofNullable(data).orElseGet(() -> home().resolve("data")).toAbsolutePath();
  }

  /** Whether the data folder was named. */
  boolean isDataGiven() {
    return data != null;
  }

  /** Whether the plugins folder was named. */
  boolean isPluginsGiven() {
    return plugins != null;
  }

  /** The plugins folder. */
  Path plugins() throws CommandException {
    Path folder = Optional.ofNullable(plugins).orElseGet(() -> home().resolve("plugins"));
    if (!Files.isDirectory(folder)) {
      throw CommandException.badInput(
          "tollbar: there is no plugins folder " + folder + ". Name one with --plugins.");
    }
    return folder.toAbsolutePath();
  }

  /** Tollbar's own folder, which its launcher names; else the current one. */
  static Path home() {
    return Path.of(System.getProperty("tollbar.home", ".")).toAbsolutePath().normalize();
  }
}
