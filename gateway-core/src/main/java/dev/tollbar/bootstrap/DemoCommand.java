package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tollbar demo}: the tour program of the archive, which uses Tollbar as a stranger would.
 */
@Command(
    name = "demo",
    description = {
      "Runs a gateway in front of a real MCP server and shows what it does to calls:",
      "allowed, limited, denied, refused by a script, approved by a person. Then keeps serving."
    })
final class DemoCommand implements Callable<Integer> {
  /** A little more than the tour gives its gateway. */
  private static final int MOST_SECONDS_TO_STOP = 20;

  @Option(
      names = "--once",
      description = "Ends after the tour: 0 if all came out as expected, else 1.")
  private boolean once;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the demo keeps its data. Default: a new temporary folder.")
  private @Nullable Path data;

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    Path home = Folders.home();
    Path tour = home.resolve("examples/demo/demo.jar");
    if (!Files.isRegularFile(tour)) {
      throw CommandException.failed(
          "tollbar: the demo is not in this installation: there is no " + tour + ".");
    }
    Process process = new ProcessBuilder(command(home, tour)).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process), "stop-demo"));
    return process.waitFor();
  }

  private List<String> command(Path home, Path tour) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", tour.toString(), home.toString()));
    if (once) {
      command.add("--once");
    }
    if (data != null) {
      command.addAll(List.of("--data", data.toString()));
    }
    return command;
  }

  /** Ends with the tour, not before it: nothing of it is left when the prompt is back. */
  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(MOST_SECONDS_TO_STOP, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
