package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Works with gateways that are killed one after the other, and remembers what each of them has
 * acknowledged: an answer that came, to whatever was asked.
 */
final class KillLoad implements AutoCloseable {
  static final String TOKEN = "of-the-load";
  static final Map<String, String> BEARER = Map.of("Authorization", "Bearer " + TOKEN);
  private static final Pattern PENDING = Pattern.compile("Approval pending: (ap_[\\w-]{22})\\.");
  static final int ROUNDS_OF_FEW = 2;
  static final int ROUNDS_OF_MANY = 20;
  private static final int USED_UNDER_EACH = 3;
  private static final int MOST_LOOKS = 300;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
  private static final Pattern EDITION = Pattern.compile("Edition (\\d+)\\.");

  /** A link by which a question is approved, and the argument that tells its call apart. */
  private record Link(String approval, String argument, String path) {}

  // What was acknowledged.
  final Set<Integer> answered = ConcurrentHashMap.newKeySet();
  final Map<String, Integer> admitted = new ConcurrentHashMap<>();
  final Set<String> asked = ConcurrentHashMap.newKeySet();
  final Set<String> approved = ConcurrentHashMap.newKeySet();
  final AtomicInteger used = new AtomicInteger();

  /** The call that was denied in an edition's words, by the edition. */
  final Map<Integer, Integer> editions = new ConcurrentHashMap<>();

  final Set<String> grants = ConcurrentHashMap.newKeySet();

  // What may have happened.
  final Set<String> told = ConcurrentHashMap.newKeySet();
  final Map<String, Set<String>> approvals = new ConcurrentHashMap<>();

  private final Archive archive;
  private final Path work;
  private final String document;
  private final HttpServer receiver;
  private final ExecutorService receiving = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient people =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger ids = new AtomicInteger();
  private final ConcurrentLinkedQueue<Link> links = new ConcurrentLinkedQueue<>();
  private final List<Exception> failures = Collections.synchronizedList(new ArrayList<>());
  private int edition;

  KillLoad(Archive archive, Path work, String document) throws IOException {
    this.archive = archive;
    this.work = work;
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.setExecutor(receiving);
    receiver.createContext("/ask", this::take);
    receiver.start();
    this.document =
        document.replace(
            "RECEIVER", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/ask");
    write();
  }

  /** As documents have it. */
  static String tokenDigest() throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
  }

  Path file() {
    return work.resolve("gateway.yaml");
  }

  private void write() throws IOException {
    StrangersJar.rename(
        document.replace("EDITION", Integer.toString(edition)).getBytes(StandardCharsets.UTF_8),
        file());
  }

  /** Works until the gateway is gone. */
  void round(int number, RunningGateway gateway) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      threads.add(start(() -> call(gateway, number)));
    }
    threads.add(start(() -> ask(gateway, number)));
    threads.add(start(() -> edit(gateway)));
    threads.add(start(() -> grant("grant-" + number)));
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }

  @FunctionalInterface
  private interface Work {
    void go() throws Exception;
  }

  private Thread start(Work work) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            work.go();
          } catch (IOException e) {
            // The gateway is gone: what was under way is not acknowledged.
          } catch (Exception e) {
            failures.add(e);
          }
        });
  }

  private void call(RunningGateway gateway, int round) throws Exception {
    String few = counter(round / ROUNDS_OF_FEW);
    String many = counter(round / ROUNDS_OF_MANY);
    try (Wire wire = new Wire(gateway.url("counted"))) {
      Map<String, String> session = wire.begin(BEARER);
      while (gateway.process().isAlive()) {
        limited(wire, session, "hourly", many);
        limited(wire, session, "daily", many);
        limited(wire, session, "few", few);
      }
    }
  }

  /** Arguments that choose a counter: a crash costs a part of one, and kills must not use it up. */
  static String counter(int number) {
    return "{\"k\":" + number + "}";
  }

  /** The counter and window in which a call surely was. */
  static String window(String tool, String arguments, Instant now) {
    String counter = tool + arguments;
    return switch (tool) {
      case "hourly" -> counter + now.truncatedTo(ChronoUnit.HOURS);
      case "daily" -> counter + now.truncatedTo(ChronoUnit.DAYS);
      default -> counter;
    };
  }

  private void limited(Wire wire, Map<String, String> session, String tool, String arguments)
      throws Exception {
    String before = window(tool, arguments, Instant.now());
    boolean done = said(wire, session, ids.incrementAndGet(), tool, arguments).equals("done");
    if (done && window(tool, arguments, Instant.now()).equals(before)) {
      admitted.merge(before, 1, Integer::sum);
    }
  }

  /** The text of the answer to a call, which is acknowledged with it. */
  private String said(Wire wire, Map<String, String> session, int id, String tool, String arguments)
      throws Exception {
    HttpResponse<String> reply = wire.post(Wire.call(id, tool, arguments), session);
    String text = Wire.json(reply).at("/result/content/0/text").asText();
    if (!text.isEmpty()) {
      answered.add(id);
    }
    return text;
  }

  /** One call, after which its record says what is left of its limit. */
  int look(RunningGateway gateway, String tool, String arguments) throws Exception {
    try (Wire wire = new Wire(gateway.url("counted"))) {
      int id = ids.incrementAndGet();
      said(wire, wire.begin(BEARER), id, tool, arguments);
      return id;
    }
  }

  private void ask(RunningGateway gateway, int round) throws Exception {
    List<String> open = new ArrayList<>();
    try (Wire wire = new Wire(gateway.url("counted"))) {
      Map<String, String> session = wire.begin(BEARER);
      for (int i = 0; gateway.process().isAlive(); i++) {
        open.add(round + "-" + i % 50);
        for (String argument : List.copyOf(open)) {
          answerLinks(gateway);
          String said =
              said(wire, session, ids.incrementAndGet(), "ask", "{\"n\":\"" + argument + "\"}");
          Matcher pending = PENDING.matcher(said);
          if (pending.find()) {
            asked.add(pending.group(1));
          } else if (said.equals("done")) {
            used.incrementAndGet();
            open.remove(argument);
          }
        }
      }
    }
  }

  /** Approves what the receiver was told, by the gateway that runs now. */
  private void answerLinks(RunningGateway gateway) throws IOException, InterruptedException {
    for (Link link = links.poll(); link != null; link = links.poll()) {
      try {
        approvals
            .computeIfAbsent(link.argument(), _ -> ConcurrentHashMap.newKeySet())
            .add(link.approval());
        HttpResponse<String> reply =
            people.send(
                HttpRequest.newBuilder(URI.create(gateway.admin() + link.path()))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("by=ann"))
                    .build(),
                BodyHandlers.ofString());
        if (reply.statusCode() == 200) {
          approved.add(link.approval());
        }
      } catch (IOException e) {
        links.add(link);
        throw e;
      }
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = Wire.JSON.readTree(exchange.getRequestBody().readAllBytes());
      String id = body.path("id").asText();
      if (body.path("type").asText().equals("approval.requested") && told.add(id)) {
        links.add(
            new Link(
                id,
                body.at("/arguments/n").asText(),
                URI.create(body.at("/decide/approve").asText()).getPath()));
      }
      exchange.sendResponseHeaders(202, -1);
    }
  }

  /**
   * Saves the document again and again, each time when the one before is in force, and some
   * approvals were used under it: they are good for nothing under the next one.
   */
  private void edit(RunningGateway gateway) throws Exception {
    try (Wire wire = new Wire(gateway.url("counted"))) {
      Map<String, String> session = wire.begin(BEARER);
      int usedBefore = used.get();
      for (int looks = 0; gateway.process().isAlive(); looks++) {
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos()); // changes are noticed five times a second
        int id = ids.incrementAndGet();
        Matcher inForce = EDITION.matcher(said(wire, session, id, "edition", "{}"));
        if (inForce.find()) {
          int seen = Integer.parseInt(inForce.group(1));
          editions.putIfAbsent(seen, id);
          boolean enough = used.get() >= usedBefore + USED_UNDER_EACH || looks >= MOST_LOOKS;
          if (seen == edition && enough) {
            edition++;
            write();
            usedBefore = used.get();
            looks = 0;
          }
        }
      }
    }
  }

  private void grant(String name) throws Exception {
    Finished made =
        archive.run(
            "grant",
            "new",
            name,
            "--server",
            "counted=agents",
            "--data",
            work.resolve("data").toString());
    if (made.exitCode() == 0) {
      grants.add(name);
    }
  }

  /** What the receiver has not been told of yet. */
  Optional<String> untold() {
    return asked.stream().filter(id -> !told.contains(id)).findAny();
  }

  @Override
  public void close() {
    receiver.stop(0);
    receiving.shutdownNow();
    people.close();
  }
}
