package dev.tollbar.testkit;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Sources;
import dev.tollbar.state.MemoryCounters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every transport kind owes the gateway before a message is sent, as tests: configs are
 * described, and refused in words; opening does not reach out, so that a server that is down does
 * not keep the gateway from starting; its health is told at once; a transport that is closed leaves
 * nothing running. What becomes of messages, only tests with a server can show.
 *
 * <p>For one thread. The tests it gives stand alone.
 */
public final class TransportContract {
  private static final String SERVER = "server";

  private final TransportKind<?> kind;
  private final List<String> configs = new ArrayList<>();

  private TransportContract(TransportKind<?> kind) {
    this.kind = kind;
  }

  /** The contract of a kind, of which configs are to be added. */
  public static TransportContract of(TransportKind<?> kind) {
    return new TransportContract(kind);
  }

  /** Adds a config that documents may have, of a server that is not there. */
  public TransportContract config(String config) {
    configs.add(config);
    return this;
  }

  /**
   * The tests: some of the kind, the others of each config.
   *
   * @throws IllegalStateException if there is no config
   */
  public Stream<DynamicTest> tests() {
    if (configs.isEmpty()) {
      throw new IllegalStateException("the contract needs at least one config");
    }
    Map<String, Executable> tests = new LinkedHashMap<>();
    tests.put("says what it is", () -> Configs.checkFacts(kind.name(), kind.configType()));
    tests.put("describes its config", () -> Configs.checkDescribed(kind.configType()));
    tests.put("refuses in words what it cannot use", this::refusesInWords);
    for (String config : List.copyOf(configs)) {
      tests.put("opens without reaching out: " + config, () -> opens(config));
      tests.put("leaves nothing running: " + config, () -> leavesNothingRunning(config));
    }
    return tests.entrySet().stream()
        .map(test -> DynamicTest.dynamicTest(test.getKey(), test.getValue()));
  }

  private record Context(Logger logger) implements TransportContext {
    @Override
    public String server() {
      return SERVER;
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Path folder() {
      return Path.of("").toAbsolutePath();
    }
  }

  private UpstreamTransport open(String config) throws DocumentException {
    ReadContext context =
        new ReadContext(
            OneKind.ofTransport(new Kinds.LoadedKind<>(kind, KindBench.PLUGIN, "plugin.jar")),
            Map.of(),
            new MemoryCounters(new TestClock(TestCall.TIME))::counters,
            new TestClock(TestCall.TIME),
            LoggerFactory::getLogger);
    String document =
        "{version: '2', servers: {%s: {transport: {%s: %s}}}}"
            .formatted(SERVER, kind.name(), config);
    Reading reading =
        new DocumentReader(context)
            .readAgain(new Sources("document.yaml", document, new TreeMap<>()));
    return switch (reading) {
      case Reading.Rejected rejected -> throw new DocumentException(rejected.problems());
      case Reading.Loaded loaded -> {
        UpstreamTransport transport =
            Objects.requireNonNull(loaded.revision().servers().get(SERVER))
                .open(new Context(LoggerFactory.getLogger("server." + SERVER)));
        loaded.revision().close();
        yield transport;
      }
    };
  }

  private void refusesInWords() throws Exception {
    for (String config : configs) {
      for (String odd : Configs.odd(config, kind.configType())) {
        Bounded.AS_THE_GATEWAY.call(odd, () -> openOrRefuse(odd));
      }
    }
  }

  private boolean openOrRefuse(String odd) {
    try (UpstreamTransport _ = open(odd)) {
      return true;
    } catch (DocumentException e) {
      Configs.check(
          !Problem.text(e.problems()).contains(KindBench.PLUGIN + " failed"),
          "it throws something else than InvalidConfigException when it reads " + odd);
      return false;
    }
  }

  private void opens(String config) throws Exception {
    UpstreamTransport transport = Bounded.AS_THE_GATEWAY.call(config, () -> open(config));
    UpstreamTransport.Health health = Bounded.AS_THE_GATEWAY.call("health", transport::health);
    Configs.check(!health.detail().contains("\n"), "its health is more than one line");
    Bounded.AS_THE_GATEWAY.call("separatesRequests", transport::separatesRequests);
    close(transport);
  }

  private void leavesNothingRunning(String config) throws Exception {
    // What is made once for all transports of a plugin is there after the first.
    close(open(config));
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    close(open(config));
    Bounded.AS_THE_GATEWAY.awaitEnd(before);
  }

  /** Closing twice is closing once. */
  private static void close(UpstreamTransport transport) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      Bounded.AS_THE_GATEWAY.call(
          "close",
          () -> {
            transport.close();
            return true;
          });
    }
  }
}
