package dev.tollbar.console;

import dev.tollbar.audit.DecisionRecord.Decision;
import dev.tollbar.audit.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What the gateway counts, in Prometheus' text format. Recording is cheap: each meter is made once,
 * and found by a small key. Label values come from documents and from fixed lists, never from
 * clients. Safe for use by many threads.
 */
public final class Metrics implements AutoCloseable {

  /** What one rule said, as a label. */
  public enum RuleAnswer {
    PERMIT,
    DENY,
    ASK,
    ERROR;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The answer of this name in records. */
    public static RuleAnswer of(String verdict) {
      return switch (verdict) {
        case "permit" -> PERMIT;
        case "deny" -> DENY;
        case "ask" -> ASK;
        default -> ERROR;
      };
    }
  }

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(10_000),
    Duration.ofNanos(50_000),
    Duration.ofNanos(100_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private record CallKey(String server, Decision decision, String code) {}

  private record AttemptKey(String webhook, boolean delivered) {}

  private record ClosedKey(String port, String reason) {}

  private record ErrorKey(String server, String reason) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Stage, Timer> stages;
  private final Map<CallKey, Counter> calls = new ConcurrentHashMap<>();
  private final Map<String, Map<RuleAnswer, Counter>> rules = new ConcurrentHashMap<>();
  private final Map<AttemptKey, Counter> attempts = new ConcurrentHashMap<>();
  private final Map<ClosedKey, Counter> closed = new ConcurrentHashMap<>();
  private final Map<ErrorKey, Counter> errors = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> sessions = new ConcurrentHashMap<>();

  /**
   * Meters at zero.
   *
   * @param version the gateway's version
   * @param pendingApprovals how many questions are open; asked at every scrape
   */
  public Metrics(String version, IntSupplier pendingApprovals) {
    Map<Stage, Timer> timers = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      timers.put(
          stage,
          Timer.builder("tollbar.stage")
              .description("Time that calls spent in a stage of the request line")
              .tag("stage", stage.wire())
              .serviceLevelObjectives(BUCKETS)
              .register(registry));
    }
    stages = Collections.unmodifiableMap(timers);
    Gauge.builder("tollbar.approvals.pending", pendingApprovals, IntSupplier::getAsInt)
        .description("Questions that nobody has answered yet")
        .strongReference(true)
        .register(registry);
    Gauge.builder("tollbar.build.info", () -> 1)
        .description("Always 1; says which version runs")
        .tag("version", version)
        .tag("java", Integer.toString(Runtime.version().feature()))
        .register(registry);
  }

  /**
   * Messages to webhooks that were given up.
   *
   * @param dead how many there are; asked at every scrape
   */
  public void deadLetters(IntSupplier dead) {
    Gauge.builder("tollbar.approvals.dead.letters", dead, IntSupplier::getAsInt)
        .description("Messages about approvals that no webhook has taken and that were given up")
        .strongReference(true)
        .register(registry);
  }

  /**
   * The connections of a port.
   *
   * @param port whose it is
   * @param open how many there are; asked at every scrape
   * @param bodies how many bytes of bodies are held
   */
  public void connections(String port, IntSupplier open, LongSupplier bodies) {
    Gauge.builder("tollbar.connections", open, IntSupplier::getAsInt)
        .description("Open connections")
        .tag("port", port)
        .strongReference(true)
        .register(registry);
    Gauge.builder("tollbar.bodies.bytes", bodies, LongSupplier::getAsLong)
        .description("Bytes of requests that are held")
        .tag("port", port)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Counts a connection that the gateway has closed, or a request that it has not read.
   *
   * @param reason one of a fixed list: {@code late_head}, {@code too_many}, …
   */
  public void connectionClosed(String port, String reason) {
    closed
        .computeIfAbsent(
            new ClosedKey(port, reason),
            key ->
                Counter.builder("tollbar.connections.closed")
                    .description("Connections that the gateway has closed, and requests not read")
                    .tag("port", key.port())
                    .tag("reason", key.reason())
                    .register(registry))
        .increment();
  }

  /**
   * Counts an attempt to deliver a message.
   *
   * @param webhook a webhook of a document
   */
  public void webhookAttempt(String webhook, boolean delivered) {
    attempts
        .computeIfAbsent(
            new AttemptKey(webhook, delivered),
            key ->
                Counter.builder("tollbar.webhook.attempts")
                    .description("Attempts to deliver a message to a webhook")
                    .tag("webhook", key.webhook())
                    .tag("outcome", key.delivered() ? "delivered" : "failed")
                    .register(registry))
        .increment();
  }

  /**
   * What is wrong and keeps the newest version of something from being in force.
   *
   * @param document problems of the document or of the plugins that it needs; asked at every scrape
   * @param plugins jars that are refused
   */
  public void problems(IntSupplier document, IntSupplier plugins) {
    Gauge.builder("tollbar.document.problems", document, IntSupplier::getAsInt)
        .description("What keeps the document and plugins on disk from being in force")
        .strongReference(true)
        .register(registry);
    Gauge.builder("tollbar.plugins.refused", plugins, IntSupplier::getAsInt)
        .description("Jars in the plugins folder that cannot be used")
        .strongReference(true)
        .register(registry);
  }

  /**
   * Counts a call.
   *
   * @param server a server of the document, or empty where the call reached none
   * @param code why it was denied; empty if it was permitted
   */
  public void call(String server, Decision decision, String code) {
    calls
        .computeIfAbsent(
            new CallKey(server, decision, code),
            key ->
                Counter.builder("tollbar.calls")
                    .description("Calls by decision")
                    .tag("server", key.server())
                    .tag("decision", key.decision().wire())
                    .tag("code", key.code())
                    .register(registry))
        .increment();
  }

  public void stage(Stage stage, long nanos) {
    Timer timer = stages.get(stage);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Counts what a rule of some kind said; shadow rules are not counted. */
  public void rule(String kind, RuleAnswer answer) {
    Objects.requireNonNull(rules.computeIfAbsent(kind, this::counters).get(answer)).increment();
  }

  private Map<RuleAnswer, Counter> counters(String kind) {
    Map<RuleAnswer, Counter> counters = new EnumMap<>(RuleAnswer.class);
    for (RuleAnswer answer : RuleAnswer.values()) {
      counters.put(
          answer,
          Counter.builder("tollbar.rule.verdicts")
              .description("Verdicts by rule kind")
              .tag("kind", kind)
              .tag("verdict", answer.wire)
              .register(registry));
    }
    return counters;
  }

  /**
   * Counts a server that gave no usable reply.
   *
   * @param reason one of a fixed list: {@code unreachable}, {@code timeout}, …
   */
  public void upstreamError(String server, String reason) {
    errors
        .computeIfAbsent(
            new ErrorKey(server, reason),
            key ->
                Counter.builder("tollbar.upstream.errors")
                    .description("Calls that a server gave no usable reply to")
                    .tag("server", key.server())
                    .tag("reason", key.reason())
                    .register(registry))
        .increment();
  }

  public void sessionOpened(String server) {
    sessions(server).incrementAndGet();
  }

  public void sessionClosed(String server) {
    sessions(server).decrementAndGet();
  }

  private AtomicInteger sessions(String server) {
    return sessions.computeIfAbsent(
        server,
        name -> {
          AtomicInteger open = new AtomicInteger();
          Gauge.builder("tollbar.sessions", open, AtomicInteger::get)
              .description("Open sessions")
              .tag("server", name)
              .strongReference(true)
              .register(registry);
          return open;
        });
  }

  /** Everything, in Prometheus' text format 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
