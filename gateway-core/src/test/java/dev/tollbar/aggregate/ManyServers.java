package dev.tollbar.aggregate;

import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.RecordingClient;
import dev.tollbar.pipeline.TestGateway;
import dev.tollbar.policy.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A client in front of several servers as one, through a whole gateway. */
final class ManyServers implements AutoCloseable {
  /** What a server offers that offers everything. */
  static final String ALL =
      "{\"tools\":{},\"prompts\":{},\"resources\":{\"subscribe\":true},\"logging\":{},"
          + "\"completions\":{},\"tasks\":{\"list\":{}}}";

  private static final Duration LONG = Duration.ofMinutes(1);

  /** How long is waited for servers that are to be late: far more than the others need. */
  static final Duration SHORT = Duration.ofSeconds(3);

  private final Map<String, FakeUpstream> servers = new ConcurrentHashMap<>();
  private final TestGateway gateway;
  private final Settings settings;
  private Aggregate aggregate;
  private Optional<String> session = Optional.empty();
  private String token = TestGateway.LAPTOP;

  private ManyServers(Path data, Policy policy, Settings settings, String... names)
      throws IOException {
    for (String name : names) {
      FakeUpstream server = new FakeUpstream();
      servers.put(name, server);
      offers(name, ALL);
      server.answers(message -> FakeReply.of(echo(name, message)));
    }
    this.gateway = TestGateway.inFrontOf(data, servers, policy);
    this.settings = settings;
    this.aggregate = begun();
  }

  private Aggregate begun() throws IOException {
    return new Aggregate(gateway.gateway(), gateway.handshakeIds(), gateway.clock(), settings, "9");
  }

  /** Another run of the gateway, which knows nothing but what lies in the data folder. */
  void restart() throws IOException {
    aggregate.close();
    aggregate = begun();
  }

  /** Servers of these names, none of which is ever late. */
  static ManyServers of(Path data, String... names) throws IOException {
    return new ManyServers(data, TestGateway.open(), settings(LONG, 1_000), names);
  }

  static ManyServers of(Path data, Policy policy, String... names) throws IOException {
    return new ManyServers(data, policy, settings(LONG, 1_000), names);
  }

  static ManyServers of(Path data, Settings settings, String... names) throws IOException {
    return new ManyServers(data, TestGateway.open(), settings, names);
  }

  /** Missing servers are tried again at once. */
  static Settings settings(Duration patience, int mostPages) {
    Duration soon = Duration.ofMillis(1);
    return new Settings(patience, patience, soon, soon, LONG, mostPages, 3, Duration.ofHours(1));
  }

  private static String echo(String name, UpstreamMessage message) {
    return FakeUpstream.result(
        message, "{\"from\":\"" + name + "\",\"method\":\"" + message.method() + "\"}");
  }

  FakeUpstream server(String name) {
    return servers.getOrDefault(name, new FakeUpstream());
  }

  TestGateway gateway() {
    return gateway;
  }

  Aggregate aggregate() {
    return aggregate;
  }

  /** The server answers initialize with these capabilities. */
  void offers(String name, String capabilities) {
    server(name).handshakes(message -> FakeReply.of(welcome(message, capabilities, "")));
  }

  static String welcome(UpstreamMessage message, String capabilities, String more) {
    return FakeUpstream.result(
        message,
        "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":"
            + capabilities
            + ",\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}"
            + more
            + "}");
  }

  /** The server does not answer initialize before the latch opens. */
  CountDownLatch holdsBack(String name) {
    CountDownLatch latch = new CountDownLatch(1);
    server(name)
        .handshakes(message -> {
          latch.await();
          return FakeReply.of(welcome(message, ALL, ""));
        });
    return latch;
  }

  /** The server answers a list so. */
  void lists(String name, String method, String result) {
    server(name)
        .answers(message ->
            FakeReply.of(
                message.method().equals(method)
                    ? FakeUpstream.result(message, result)
                    : echo(name, message)));
  }

  /** Begins a session; the client says that it is ready, too. */
  RecordingClient begin() {
    return begin("2025-11-25");
  }

  RecordingClient begin(String revision) {
    RecordingClient welcome = initialize(revision);
    post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return welcome;
  }

  RecordingClient initialize() {
    return initialize("2025-11-25");
  }

  private RecordingClient initialize(String revision) {
    session = Optional.empty();
    RecordingClient welcome = post(TestGateway.initialize(revision));
    session = Optional.of(welcome.session());
    return welcome;
  }

  void session(String id) {
    session = Optional.of(id);
  }

  String session() {
    return session.orElseThrow();
  }

  /** From now on the client shows this token. */
  void token(String other) {
    token = other;
  }

  RecordingClient post(String body) {
    RecordingClient client = new RecordingClient();
    post(body, client);
    return client;
  }

  void post(String body, RecordingClient client) {
    try {
      aggregate.post(arrival(body, Optional.empty()), client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RecordingClient request(int id, String method, String params) {
    return post(TestGateway.request(id, method, params));
  }

  void listen(Optional<String> lastEventId, RecordingClient client) {
    try {
      aggregate.listen(listener(lastEventId), client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RecordingClient end() {
    RecordingClient client = new RecordingClient();
    try {
      aggregate.end(arrival("", Optional.empty()), client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return client;
  }

  /** A client that only listens sends nothing, and says so. */
  Arrival listener(Optional<String> lastEventId) {
    Arrival arrival = arrival("", lastEventId);
    Arrival.Headers it = arrival.headers();
    Arrival.Headers headers =
        new Arrival.Headers(
            it.host(),
            it.origin(),
            it.authorization(),
            Optional.of("text/event-stream"),
            Optional.empty(),
            it.session(),
            it.protocolRevision(),
            it.lastEventId(),
            it.fromLoopback());
    return new Arrival(arrival.server(), arrival.door(), headers, new byte[0], arrival.time());
  }

  Arrival arrival(String body, Optional<String> lastEventId) {
    return new Arrival(
        Arrival.ALL_SERVERS,
        Arrival.Door.HTTP,
        new Arrival.Headers(
            Optional.of("localhost:8080"),
            Optional.empty(),
            Optional.of("Bearer " + token),
            Optional.of("application/json, text/event-stream"),
            Optional.of("application/json"),
            session,
            Optional.empty(),
            lastEventId,
            true),
        body.getBytes(StandardCharsets.UTF_8),
        gateway.clock().instant());
  }

  @Override
  public void close() {
    aggregate.close();
    gateway.close();
  }
}
