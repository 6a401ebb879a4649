package dev.tollbar.examples.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An unpacked Tollbar.
 *
 * @param home the folder that holds {@code bin} and the rest
 */
record Installation(Path home) {

  /** The program as people start it. */
  Path program() {
    boolean windows = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win");
    return home.resolve("bin").resolve(windows ? "tollbar.bat" : "tollbar");
  }

  /** The policy of the tour. */
  Path policy() {
    return home.resolve("policies").resolve("demo.yaml");
  }

  /** The command that starts the server behind the gateway, on the JDK that runs this. */
  List<String> server() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-jar",
        home.resolve("examples/live2d-server/live2d-server.jar").toString());
  }

  /** {@code bin/tollbar} with these arguments, not started yet. */
  ProcessBuilder tollbar(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(program().toString());
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
