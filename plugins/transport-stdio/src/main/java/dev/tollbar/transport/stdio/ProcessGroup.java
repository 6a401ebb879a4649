package dev.tollbar.transport.stdio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Process groups, which Java knows nothing of. */
final class ProcessGroup {
  private static final Path PROC = Path.of("/proc");
  private static final int MOST_SECONDS = 5;

  private ProcessGroup() {}

  /**
   * Whether a member of the group still runs. Those that have ended without their parent taking
   * note do not count: in a container that may never happen. Where there is no {@code /proc} the
   * answer is yes.
   */
  static boolean runs(long group) {
    if (!Files.exists(PROC.resolve("self/stat"))) {
      return true;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (isRunningMember(process, group)) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
      return true;
    }
  }

  /** Reads {@code pid (name) state parent group …}; the name may have anything in it. */
  private static boolean isRunningMember(Path process, long group) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
      return afterName[2].equals(Long.toString(group))
          && !afterName[0].equals("Z")
          && !afterName[0].equals("X");
    } catch (IOException e) {
      return false; // It has just gone.
    }
  }

  /** Sends a signal such as {@code TERM} to every member. */
  static void signal(long group, String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder(
                "/bin/sh", "-c", "kill -s \"$0\" -- \"-$1\"", signal, Long.toString(group))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!kill.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      kill.destroyForcibly();
    }
  }
}
