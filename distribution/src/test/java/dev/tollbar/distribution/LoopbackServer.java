package dev.tollbar.distribution;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server over streamable HTTP, on loopback, that says which port it listens on. */
final class LoopbackServer implements AutoCloseable {
  private static final String SAYS_PORT = "loopback: port ";

  private final Process process;
  private final int port;

  private LoopbackServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the server and waits until it listens.
   *
   * @param command takes its port from the variable {@code PORT}
   * @param port 0 for one that is free
   */
  static LoopbackServer start(List<String> command, int port)
      throws IOException, InterruptedException {
    return start(command, Map.of("PORT", Integer.toString(port)));
  }

  /** The same with more variables than the port. */
  static LoopbackServer start(List<String> command, Map<String, String> variables)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    Process process = builder.start();
    CompletableFuture<Integer> listening = new CompletableFuture<>();
    Thread.ofVirtual().name("server-out").start(() -> read(process, listening));
    try {
      return new LoopbackServer(process, listening.get(60, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new IOException(command + " does not listen", e);
    }
  }

  private static void read(Process process, CompletableFuture<Integer> listening) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines()
          .filter(line -> line.startsWith(SAYS_PORT))
          .forEach(line -> listening.complete(Integer.valueOf(line.substring(SAYS_PORT.length()))));
    } catch (IOException | UncheckedIOException e) {
      listening.completeExceptionally(e);
    }
    listening.completeExceptionally(new IOException("it ended"));
  }

  int port() {
    return port;
  }

  String origin() {
    return "http://127.0.0.1:" + port;
  }

  String url() {
    return origin() + "/mcp";
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
