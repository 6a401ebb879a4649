package dev.tollbar.transport.stdio;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.transport.common.Quoted;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a server's process is started: everything found out beforehand.
 *
 * @param command the program and its arguments
 * @param ownGroup whether the process leads a process group of its own, named by its process id
 */
record Launch(
    List<String> command, Path folder, Map<String, String> environment, boolean ownGroup) {
  private static final List<String> PASSED_ON =
      List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "SHELL", "TERM");

  /**
   * Looks up what the config names.
   *
   * @param base the folder of the document
   * @param gatewayEnvironment the gateway's own environment
   * @throws InvalidConfigException when there is no such program or folder
   */
  static Launch of(StdioConfig config, Path base, Map<String, String> gatewayEnvironment) {
    Map<String, String> environment = new HashMap<>();
    for (String name : PASSED_ON) {
      if (gatewayEnvironment.containsKey(name)) {
        environment.put(name, gatewayEnvironment.get(name));
      }
    }
    config.env().forEach((name, value) -> environment.put(name, value.reveal()));

    List<Problem> problems = new ArrayList<>();
    Path folder = base.toAbsolutePath().normalize();
    if (config.cwd().isPresent()) {
      Optional<Path> named = resolve(folder, config.cwd().get()).filter(Files::isDirectory);
      if (named.isEmpty()) {
        problems.add(
            new Problem(
                "cwd",
                "a folder on this machine",
                Quoted.text(config.cwd().get()) + ", which is none"));
      }
      folder = named.orElse(folder);
    }
    List<String> command = new ArrayList<>();
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    Optional<Path> setsid = onPath("setsid", path);
    setsid.ifPresent(program -> command.add(program.toString()));
    find(config.command(), base.toAbsolutePath().normalize(), path, problems)
        .ifPresent(program -> command.add(program.toString()));
    command.addAll(config.args());
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return new Launch(List.copyOf(command), folder, Map.copyOf(environment), setsid.isPresent());
  }

  private static Optional<Path> find(
      String command, Path base, String path, List<Problem> problems) {
    boolean named = command.contains("/") || command.contains(File.separator);
    Optional<Path> program = named ? resolve(base, command) : onPath(command, path);
    String why = "";
    if (program.isEmpty() || !Files.exists(program.get())) {
      why = named ? ", which is not there" : ", which is not on the path";
    } else if (!isProgram(program.get())) {
      why = ", which cannot be executed";
    }
    if (why.isEmpty()) {
      return program;
    }
    problems.add(new Problem("command", "a program on this machine", Quoted.text(command) + why));
    return Optional.empty();
  }

  private static Optional<Path> onPath(String name, String path) {
    for (String folder : path.split(File.pathSeparator, -1)) {
      Optional<Path> candidate = resolve(Path.of(folder.isEmpty() ? "." : folder), name);
      if (candidate.isPresent() && isProgram(candidate.get())) {
        return candidate.map(Path::toAbsolutePath);
      }
    }
    return Optional.empty();
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  private static Optional<Path> resolve(Path base, String name) {
    try {
      return Optional.of(base.resolve(name));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }
}
