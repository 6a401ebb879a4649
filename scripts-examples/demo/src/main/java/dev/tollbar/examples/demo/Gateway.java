package dev.tollbar.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tollbar serve} in front of the example server, as a process of its own. */
final class Gateway implements AutoCloseable {
  static final String SERVER = "live2d";
  static final int PORT = 7400;
  static final int ADMIN_PORT = 7401;

  private static final Pattern LISTENING = Pattern.compile("tollbar: listening on (http://\\S+)");
  private static final int MOST_SECONDS_TO_STOP = 15;

  private final Process process;
  private final URI url;

  private Gateway(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts a gateway and waits until it listens, on the usual ports where those are free.
   *
   * @param log takes what the gateway says on standard error
   * @throws TourException when it does not start, with what it said
   */
  static Gateway start(Installation tollbar, Path data, Path log)
      throws IOException, TourException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("serve", "--policy", tollbar.policy().toString()));
    arguments.addAll(List.of("--name", SERVER, "--data", data.toString()));
    arguments.addAll(List.of("--port", String.valueOf(free(PORT) ? PORT : 0)));
    arguments.addAll(List.of("--admin-port", String.valueOf(free(ADMIN_PORT) ? ADMIN_PORT : 0)));
    arguments.add("--");
    arguments.addAll(tollbar.server());
    Process process = tollbar.tollbar(arguments).redirectError(log.toFile()).start();
    // Also where the tour is stopped before the gateway listens.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process), "stop-gateway"));
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        Thread.ofVirtual().name("gateway-out").start(() -> out.lines().forEach(_ -> {}));
        return new Gateway(process, URI.create(matcher.group(1)));
      }
    }
    throw new TourException("The gateway did not start; it said:\n" + Files.readString(log));
  }

  private static boolean free(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Where clients connect. */
  URI url() {
    return url;
  }

  /** Waits until the gateway ends. */
  void await() throws InterruptedException {
    process.waitFor();
  }

  /** Asks the gateway to stop, and waits until it and its servers are gone. */
  @Override
  public void close() {
    stop(process);
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (process.waitFor(MOST_SECONDS_TO_STOP, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
