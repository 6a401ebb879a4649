package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.distribution.NodeClient.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** The official TypeScript client, connected, while other things happen between its steps. */
final class LiveNodeClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedReader says;
  private final Writer steps;
  private final JsonNode handshake;

  private LiveNodeClient(Process process) throws IOException {
    this.process = process;
    this.says =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.steps = process.outputWriter(StandardCharsets.UTF_8);
    this.handshake = next();
  }

  /** Starts {@code client.mjs}, and waits until it is connected. */
  static LiveNodeClient start(ProcessBuilder program) throws IOException {
    Process process = program.start();
    try {
      return new LiveNodeClient(process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** What the server said of itself. */
  JsonNode handshake() {
    return handshake;
  }

  /** Takes a step, and gives what came of it. */
  JsonNode take(Step step) throws IOException {
    steps.write(JSON.writeValueAsString(step.members()) + "\n");
    steps.flush();
    return next();
  }

  private JsonNode next() throws IOException {
    String line = says.readLine();
    if (line == null) {
      throw new IOException("the client ended");
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
