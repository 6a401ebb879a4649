package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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

/** {@code bin/tollbar serve …} out of the archive, on ports of its own choice. */
final class RunningGateway implements AutoCloseable {

  private static final Pattern LISTENING =
      Pattern.compile("tollbar: listening on ((http://[^/]+)/mcp/\\S+)");
  private static final Pattern ADMIN =
      Pattern.compile("tollbar: health and metrics on (http://\\S+)");
  private static final Pattern IN_FORCE =
      Pattern.compile("tollbar: revision ([0-9a-f]{64}) is in force");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The mark of the end of standard output, which a queue cannot say with null. */
  private static final String END = "\0";

  private final Process process;
  private final Path work;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private String base = "";
  private String endpoint = "";
  private String admin = "";
  private String revision = "";

  private RunningGateway(Process process, Path work) {
    this.process = process;
    this.work = work;
  }

  /**
   * Starts {@code serve} and waits until it listens.
   *
   * @param work a folder for data and log; a second gateway in it finds the data of the first
   * @param arguments what follows {@code serve --port 0 --admin-port 0 --data WORK/data}
   */
  static RunningGateway serve(Archive archive, Path work, List<String> arguments)
      throws IOException, InterruptedException {
    return serve(archive, work, 0, arguments);
  }

  /**
   * The same on a port: the one of a gateway that has ended, for its clients.
   *
   * @param port 0 for one that is free
   */
  static RunningGateway serve(Archive archive, Path work, int port, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("serve", "--port", Integer.toString(port), "--admin-port", "0"));
    words.addAll(List.of("--data", work.resolve("data").toString()));
    words.addAll(arguments);
    ProcessBuilder builder =
        archive
            .command(words.toArray(String[]::new))
            .redirectError(work.resolve("log.txt").toFile());
    RunningGateway gateway = new RunningGateway(builder.start(), work);
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
    while (revision.isEmpty()) {
      String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null || line.equals(END)) {
        throw new IOException("The gateway does not listen; it said: " + seen + "\n" + log());
      }
      seen.add(line);
      Matcher listening = LISTENING.matcher(line);
      if (listening.matches() && endpoint.isEmpty()) {
        endpoint = listening.group(1);
        base = listening.group(2);
      }
      Matcher operators = ADMIN.matcher(line);
      if (operators.matches()) {
        admin = operators.group(1);
      }
      Matcher inForce = IN_FORCE.matcher(line);
      if (inForce.matches()) {
        revision = inForce.group(1);
      }
    }
  }

  private void readLines() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("(standard output: " + e.getMessage() + ")");
    } finally {
      lines.add(END);
    }
  }

  /** What the gateway said before it listened. */
  List<String> announcement() {
    return List.copyOf(seen);
  }

  /** The admin token that it made at its first start. */
  String firstToken() {
    return seen.stream()
        .filter(line -> line.contains("#token="))
        .map(line -> line.substring(line.indexOf("#token=") + "#token=".length()))
        .findFirst()
        .orElseThrow();
  }

  /** The first URL that the gateway said it listens on: {@code http://127.0.0.1:PORT/mcp/NAME}. */
  String url() {
    return endpoint;
  }

  /** The URL of one server: {@code http://127.0.0.1:PORT/mcp/NAME}. */
  String url(String server) {
    return base + "/mcp/" + server;
  }

  /** The port that clients connect to. */
  int port() {
    return URI.create(base).getPort();
  }

  /** The URL of one server for old clients: {@code http://127.0.0.1:PORT/sse/NAME}. */
  String sse(String server) {
    return base + "/sse/" + server;
  }

  /** The URL of all servers as one: {@code http://127.0.0.1:PORT/mcp}. */
  String all() {
    return base + "/mcp";
  }

  /** The URL of health and metrics. */
  String admin() {
    return admin;
  }

  /** The revision that was in force at the start. */
  String revision() {
    return revision;
  }

  Path data() {
    return work.resolve("data");
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  /** What operators read at a path of the admin port. */
  HttpResponse<String> operators(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(admin + path)).build(), BodyHandlers.ofString());
  }

  /** What {@code /health/ready} says. */
  JsonNode health() throws IOException, InterruptedException {
    return JSON.readTree(operators("/health/ready").body());
  }

  /** The decision records so far. */
  List<JsonNode> decisions() throws IOException {
    return lines().stream().filter(line -> line.has("decision")).toList();
  }

  /** The lines of the log so far: decisions, and what operators did. */
  List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(data().resolve("decisions.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** What the gateway wrote to standard error so far. */
  String log() throws IOException {
    return Files.readString(work.resolve("log.txt"));
  }

  /** Asks the gateway to stop, as a service manager does. */
  void terminate() {
    process.destroy();
  }

  /** Whether the gateway ended within a time. */
  boolean endedWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the process at once, with no chance to tidy up. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    http.close();
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
