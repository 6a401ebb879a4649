package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

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

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    Path home = Folders.home();
    Path tour = home.resolve("examples/demo/demo.jar");
    if (!Files.isRegularFile(tour)) {
      throw CommandException.failed(
          "tollbar: the demo is not in this installation: there is no " + tour + ".");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dtollbar.home=" + home);
    command.add("-jar");
    command.add(tour.toString());
    Process process = new ProcessBuilder(command).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-demo"));
    return process.waitFor();
  }
}
