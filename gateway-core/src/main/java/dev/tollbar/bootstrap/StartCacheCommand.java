package dev.tollbar.bootstrap;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code tollbar start-cache}: a short run of all that a start needs. The launcher has the JVM
 * watch it, and keep what it has loaded.
 */
@Command(
    name = "start-cache",
    description =
        "Makes the start-up cache for this JDK and these jars, in some ten seconds. A gateway that is"
            + " started without one makes it by itself; this is for images, and for read-only"
            + " installations.")
final class StartCacheCommand implements Callable<Integer> {
  @Override
  public Integer call() throws CommandException, InterruptedException {
    try (Rehearsal rehearsal = Rehearsal.open()) {
      rehearsal.run();
      return Main.DONE;
    } catch (IOException e) {
      throw CommandException.failed("tollbar: the start-up cache was not made: " + e.getMessage());
    }
  }
}
