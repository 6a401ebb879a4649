package dev.tollbar.distribution;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code bin/tollbar serve …} out of the archive, on a port of its own choice. */
final class RunningGateway implements AutoCloseable {

  private static final Pattern LISTENING =
      Pattern.compile("tollbar: listening on (http://[^/]+)(/mcp/\\S+)?");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The manner of the end of standard output, which a queue cannot say with null. */
  private static final String END = "\0";

  private final Process process;
  private final Path log;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private String base = "";
  private String endpoint = "";

  private RunningGateway(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts {@code serve} and waits until it listens.
   *
   * @param work an empty folder for data and log
   * @param arguments what follows {@code serve --port 0 --admin-port 0 --data WORK/data}
   */
  static RunningGateway serve(Archive archive, Path work, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("serve", "--port", "0", "--admin-port", "0"));
    words.addAll(List.of("--data", work.resolve("data").toString()));
    words.addAll(arguments);
    Path log = work.resolve("log.txt");
    ProcessBuilder builder =
        archive.command(words.toArray(String[]::new)).redirectError(log.toFile());
    RunningGateway gateway = new RunningGateway(builder.start(), log);
    try {
      gateway.awaitListening();
      return gateway;
    } catch (IOException | InterruptedException | RuntimeException e) {
      gateway.close();
      throw e;
    }
  }

  private void awaitListening() throws IOException, InterruptedException {
    Thread.ofVirtual().name("gateway-out").start(this::readLines);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null || line.equals(END)) {
        throw new IOException(
            "The gateway does not listen; it said: " + seen + "\n" + Files.readString(log));
      }
      seen.add(line);
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        base = matcher.group(1);
        endpoint = matcher.group();
        endpoint = endpoint.substring(endpoint.indexOf("http://"));
        return;
      }
    }
  }

  private void readLines() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines().forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException e) {
      lines.add("(standard output: " + e.getMessage() + ")");
    } finally {
      lines.add(END);
    }
  }

  /** The first URL that the gateway said it listens on: {@code http://127.0.0.1:PORT/mcp/NAME}. */
  String url() {
    return endpoint;
  }

  /** The URL of one server: {@code http://127.0.0.1:PORT/mcp/NAME}. */
  String url(String server) {
    return base + "/mcp/" + server;
  }

  /** What the gateway wrote to standard error so far. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** Asks the gateway to stop, as a service manager does, and waits for its end. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("The gateway does not stop.");
    }
    return process.exitValue();
  }

  /** Ends the process at once, with no chance to tidy up. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
