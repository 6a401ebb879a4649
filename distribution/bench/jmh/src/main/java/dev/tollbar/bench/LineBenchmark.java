package dev.tollbar.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import dev.tollbar.bootstrap.EmbeddedGateway;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.identity.Tokens;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.state.EmbeddedState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call costs from its bytes to its answer, with its record in the file, but without sockets
 * and without its server. Runs the plugins of an unpacked archive: {@code -Dtollbar.home=FOLDER}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LineBenchmark {
  private static final String TOKEN = "bench-token-0000000000000000";

  /** Without rules and grants; with a grant, two rules and a limit; and with a script on top. */
  @Param({"allow-all", "policy", "script"})
  String policy = "policy";

  private final Reply reply = new Reply();
  private Path data = Path.of("unused");
  private Optional<EmbeddedGateway> running = Optional.empty();
  private Arrival call = arrival("{}", Optional.empty(), Optional.empty());
  private Optional<String> authorization = Optional.empty();

  /** A gateway with one session. */
  @Setup
  public void start() throws IOException, InterruptedException, DocumentException {
    Path home = Path.of(System.getProperty("tollbar.home", "."));
    if (!Files.isDirectory(home.resolve("plugins"))) {
      throw new IllegalStateException(
          "-Dtollbar.home: expected the folder of an unpacked archive, with plugins; found \""
              + home
              + '"');
    }
    data = Files.createTempDirectory("line");
    Path document = Files.writeString(data.resolve("document.json"), document());
    EmbeddedGateway gateway =
        EmbeddedGateway.start(
            new EmbeddedGateway.Parts(
                context -> read(context, document),
                data,
                home.resolve("plugins"),
                data,
                InstantSource.system(),
                EmbeddedState.open(data, InstantSource.system()).grants(),
                WithEcho::new,
                _ -> {}));
    running = Optional.of(gateway);
    authorization = policy.equals("allow-all") ? Optional.empty() : Optional.of("Bearer " + TOKEN);
    send(
        """
        {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}
        """,
        Optional.empty());
    String session = reply.session.orElseThrow();
    send(
        """
        {"jsonrpc":"2.0","method":"notifications/initialized"}
        """,
        Optional.of(session));
    call =
        arrival(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{\"text\":\""
                + "x".repeat(256)
                + "\"}}}",
            Optional.of(session),
            authorization);
    call();
    if (!reply.text().contains("\"isError\":false")) {
      throw new IllegalStateException("the call is not permitted: " + reply.text());
    }
  }

  /** Ends the gateway and removes its records. */
  @TearDown
  public void stop() throws IOException {
    running.orElseThrow().close();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One call. */
  @Benchmark
  public byte[] call() throws IOException {
    running.orElseThrow().gateway().post(call, reply);
    return reply.said;
  }

  private void send(String message, Optional<String> session) throws IOException {
    running.orElseThrow().gateway().post(arrival(message.strip(), session, authorization), reply);
  }

  private static Arrival arrival(
      String message, Optional<String> session, Optional<String> authorization) {
    return new Arrival(
        "default",
        Arrival.Door.HTTP,
        new Arrival.Headers(
            Optional.of("127.0.0.1:8080"),
            Optional.empty(),
            authorization,
            Optional.of("application/json, text/event-stream"),
            Optional.of("application/json"),
            session,
            session.map(_ -> "2025-06-18"),
            Optional.empty(),
            true),
        message.getBytes(StandardCharsets.UTF_8),
        InstantSource.system().instant());
  }

  private Reading read(ReadContext context, Path document) {
    DocumentReader reader = new DocumentReader(context);
    if (!policy.equals("allow-all")) {
      return reader.read(document);
    }
    ObjectNode server = JsonNodeFactory.instance.objectNode();
    server.putObject("transport").putObject("echo");
    return reader.readPolicy(document, "default", server);
  }

  private String document() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    if (policy.equals("allow-all")) {
      document.put("version", "1").put("default", "allow").putObject("tools");
      return document.toString();
    }
    document.put("version", "2");
    document.withObject("/records/rotate").put("size", "100MB").put("keep", 1);
    document.withObject("/servers/default/transport/echo");
    ObjectNode rules = document.withObject("/policies/bench").put("default", "deny");
    for (int i = 1; i < 100; i++) {
      rules
          .withObject("/tools/tool_" + i)
          .withArray("limits")
          .addObject()
          .put("max", 1000)
          .put("window", "minute");
    }
    ObjectNode echo = rules.withObject("/tools/echo");
    condition(echo, "require").put("op", "exists").put("value", true);
    condition(echo, "deny_if").put("op", "regex").put("value", "rm -rf");
    echo.withArray("limits")
        .addObject()
        .put("max", 100_000_000_000L)
        .put("window", "hour")
        .put("scope", "grant");
    if (policy.equals("script")) {
      echo.putObject("script")
          .put(
              "source",
              "export default (call) => call.args.text.length < 1000 ? true : \"Too long.\"");
    }
    ObjectNode grant = document.withObject("/grants/client");
    grant.putObject("token").put("sha256", Tokens.sha256Hex(TOKEN));
    grant.putObject("servers").put("default", "bench");
    return document.toString();
  }

  private static ObjectNode condition(ObjectNode entry, String rule) {
    return entry
        .withArray(rule)
        .addObject()
        .put("on_deny", "No.")
        .withArray("conditions")
        .addObject()
        .put("path", "args.text");
  }

  /** What the plugins supply, and the server. */
  private record WithEcho(Kinds kinds) implements Kinds {
    @Override
    public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
      return kinds.rule(name);
    }

    @Override
    public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
      return name.equals("echo")
          ? Optional.of(new LoadedKind<>(new EchoKind(), "bench@0", "bench.jar"))
          : kinds.transport(name);
    }

    @Override
    public List<LoadedKind<RuleKind<?>>> rules() {
      return kinds.rules();
    }

    @Override
    public List<LoadedKind<TransportKind<?>>> transports() {
      return kinds.transports();
    }
  }

  /** Keeps what it is told. */
  private static final class Reply implements ClientReply {
    private Optional<String> session = Optional.empty();
    private byte[] said = {};

    private String text() {
      return new String(said, StandardCharsets.UTF_8);
    }

    @Override
    public void session(String id) {
      session = Optional.of(id);
    }

    @Override
    public void challenge(String challenge) {}

    @Override
    public void accepted() {
      said = new byte[0];
    }

    @Override
    public void send(int status, byte[] json) {
      said = json;
    }

    @Override
    public OutputStream json(int status, OptionalLong length) {
      throw new IllegalStateException("the answer is short");
    }

    @Override
    public Events events() {
      throw new IllegalStateException("the server sends no events");
    }
  }
}
