package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.api.Verdict;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What code of plugins that did not come with the gateway does beside judging calls. */
class StrangersTest {
  private static final String LATCH = "dev.tollbar.test.latch";
  private static final String CLOSED = "dev.tollbar.test.closed";

  /** A line that waits until the test is over, whatever interrupts it. */
  private static final String FOR_EVER =
      """
      boolean over = false;
      while (!over) {
        try {
          ((java.util.concurrent.CountDownLatch) System.getProperties().get("%s")).await();
          over = true;
        } catch (InterruptedException e) {
        }
      }
      """
          .formatted(LATCH);

  private static final String TELL_THAT_CLOSED =
      "((java.util.concurrent.CountDownLatch) System.getProperties().get(\"%s\")).countDown();"
          .formatted(CLOSED);

  @TempDir private Path plugins;
  @TempDir private Path copies;
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private Generation generation = new Generation(Path.of(""), List.of());

  private void load(Duration limit, Bundled bundled) throws IOException, InterruptedException {
    System.getProperties().put(LATCH, end);
    System.getProperties().put(CLOSED, closed);
    generation =
        new PluginLoader(
                new Admission.Settings(
                    new PluginApi("1.0.0"),
                    Duration.ofSeconds(30),
                    limit,
                    InstantSource.system(),
                    () -> Deprecations.of(List.of()),
                    bundled,
                    _ -> Optional.empty()))
            .load(plugins, copies);
  }

  @AfterEach
  void unload() {
    end.countDown();
    generation.close();
    System.getProperties().remove(LATCH);
    System.getProperties().remove(CLOSED);
  }

  /** A rule kind whose rules have these members, beside permitting. */
  private static String rules(String create, String members) {
    return """
    package acme;
    import dev.tollbar.api.*;
    public class Kind implements RuleKind<Kind.Config> {
      public record Config() {}
      public String name() { return "strange"; }
      public Class<Config> configType() { return Config.class; }
      public Rule create(Config config, RuleContext context) {
        %s
        return new Rule() {
          public Verdict evaluate(Call call) {
            return Thread.currentThread().getContextClassLoader() == Kind.class.getClassLoader()
                ? Verdict.permit() : Verdict.deny("Not my class loader.");
          }
          %s
        };
      }
    }
    """
        .formatted(create, members);
  }

  private Path jar(String id, String source) {
    return PluginJar.of(id).source(source).index("acme.Kind").write(plugins, id + ".jar");
  }

  private LoadedRuleKind kind() {
    return generation.ruleKind("strange").orElseThrow();
  }

  @Test
  void aRuleThatIsNotMadeInTimeIsClosedWhenItComes() throws Exception {
    jar("slow", rules(FOR_EVER, "public void close() { " + TELL_THAT_CLOSED + " }"));
    load(Duration.ofMillis(50), Bundled.NONE);

    assertThatThrownBy(() -> Callers.create(kind()))
        .isInstanceOf(LatePluginException.class)
        .hasMessage("took longer than 50 ms");
    end.countDown();
    closed.await();
  }

  @Test
  void aPluginOfWhichTooMuchDoesNotEndIsNotRunUntilItEnds() throws Exception {
    jar("slow", rules(FOR_EVER, ""));
    load(Duration.ofMillis(50), Bundled.NONE);

    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(() -> Callers.create(kind())).hasMessage("took longer than 50 ms");
    }
    assertThatThrownBy(() -> Callers.create(kind()))
        .isInstanceOf(LatePluginException.class)
        .hasMessage("is not run, because too many earlier runs do not end");

    end.countDown();
    while (true) {
      try {
        assertThat(Callers.create(kind()).evaluate(new Callers.SomeCall()))
            .isEqualTo(Verdict.permit());
        return;
      } catch (LatePluginException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aConfigThatIsNotMadeInTimeIsNotWaitedFor() throws Exception {
    jar(
        "slow",
        rules("", "")
            .replace("record Config() {}", "record Config() { public Config { %s } }")
            .formatted(FOR_EVER));
    load(Duration.ofMillis(50), Bundled.NONE);
    ConfigMaker maker = ConfigMaker.of(kind().kind());
    var constructor = kind().kind().configType().getDeclaredConstructor();

    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(() -> maker.make(constructor::newInstance))
          .isInstanceOf(LatePluginException.class)
          .hasMessage("took longer than 50 ms");
    }
    assertThatThrownBy(() -> maker.make(constructor::newInstance))
        .hasMessage("is not run, because too many earlier runs do not end");
  }

  @Test
  void whatIsWrongWithAConfigIsPassedOn() throws Exception {
    jar(
        "strict",
        rules("", "")
            .replace(
                "record Config() {}",
                "record Config() { public Config {"
                    + " if (true) throw new InvalidConfigException(\"a\", \"b\", \"c\"); } }"));
    load(Duration.ofSeconds(30), Bundled.NONE);
    var constructor = kind().kind().configType().getDeclaredConstructor();

    assertThatThrownBy(() -> ConfigMaker.of(kind().kind()).make(constructor::newInstance))
        .isInstanceOf(InvocationTargetException.class)
        .hasCauseInstanceOf(InvalidConfigException.class);
  }

  @Test
  void whatBecomesOfOneKindIsNoConcernOfTheOtherKindsOfItsPlugin() throws Exception {
    PluginJar.of("two")
        .source(rules(FOR_EVER, ""))
        .source(rules("", "").replaceAll("\\bKind\\b", "Other").replace("\"strange\"", "\"other\""))
        .index("acme.Kind", "acme.Other")
        .write(plugins, "two.jar");
    load(Duration.ofMillis(50), Bundled.NONE);

    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> Callers.create(kind())).isInstanceOf(LatePluginException.class);
    }
    assertThat(
            Callers.create(generation.ruleKind("other").orElseThrow())
                .evaluate(new Callers.SomeCall()))
        .isEqualTo(Verdict.permit());
  }

  @Test
  void whoWasInterruptedStillClosesWhatStrangersMade() throws Exception {
    jar("tidy", rules("", "public void close() { " + TELL_THAT_CLOSED + " }"));
    load(Duration.ofSeconds(30), Bundled.NONE);

    for (int i = 0; i < 5; i++) {
      Rule rule = Callers.create(kind());
      Thread.currentThread().interrupt();
      rule.close();
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(closed.getCount()).isZero();
    assertThat(Callers.create(kind()).evaluate(new Callers.SomeCall())).isEqualTo(Verdict.permit());
  }

  @Test
  void aCallerThatIsInterruptedLeavesNothingThatCountsAsRunning() throws Exception {
    jar("quick", rules("", ""));
    load(Duration.ofSeconds(30), Bundled.NONE);

    for (int i = 0; i < 8; i++) {
      Thread.currentThread().interrupt();
      try {
        Callers.create(kind());
      } catch (LatePluginException e) {
        assertThat(e).hasMessage("is not run, because too many earlier runs do not end");
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("interrupted");
      }
      Thread.interrupted();
    }
    boolean made = false;
    while (!made) { // the threads of those eight end by themselves
      try {
        made = Callers.create(kind()).evaluate(new Callers.SomeCall()) != null;
      } catch (LatePluginException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void anErrorOfStrangersIsAFailureLikeAnyOther() throws Exception {
    jar("wrong", rules("if (true) throw new AssertionError(\"not so\");", ""));
    load(Duration.ofSeconds(30), Bundled.NONE);

    assertThatThrownBy(() -> Callers.create(kind()))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseInstanceOf(AssertionError.class);
  }

  @Test
  void neitherSettlingNorClosingHoldsUpAnybody() throws Exception {
    jar(
        "slow",
        rules(
            "",
            """
            public Reservation reserve(Call call) { return outcome -> { %1$s }; }
            public void close() { %1$s }
            """
                .formatted(FOR_EVER)));
    load(Duration.ofMillis(50), Bundled.NONE);
    Rule rule = Callers.create(kind());
    Reservation reservation = rule.reserve(new Callers.SomeCall());

    assertThatThrownBy(() -> reservation.settle(new Outcome.NotDelivered()))
        .isInstanceOf(LatePluginException.class);
    assertThatThrownBy(rule::close).isInstanceOf(LatePluginException.class);
    assertThat(rule.evaluate(new Callers.SomeCall())).isEqualTo(Verdict.permit());
  }

  @Test
  void whatARuleTookIsAskedWhereItWasTaken() throws Exception {
    jar(
        "metered",
        rules(
            "",
            """
            public boolean readsResults() { return true; }
            public java.util.List<LimitUsage> usage(Call call) {
              return java.util.List.of(new LimitUsage("before", java.math.BigDecimal.ONE,
                  java.math.BigDecimal.ONE, java.util.Optional.empty()));
            }
            public Reservation reserve(Call call) {
              Thread reserving = Thread.currentThread();
              return new Reservation() {
                public java.util.List<LimitUsage> usage() {
                  String limit = Thread.currentThread() == reserving ? "here" : "elsewhere";
                  return java.util.List.of(new LimitUsage(limit, java.math.BigDecimal.ONE,
                      java.math.BigDecimal.ZERO, java.util.Optional.empty()));
                }
                public void settle(Outcome outcome) { %s }
              };
            }
            """
                .formatted(TELL_THAT_CLOSED)));
    load(Duration.ofSeconds(30), Bundled.NONE);
    Rule rule = Callers.create(kind());

    assertThat(rule.usage(new Callers.SomeCall()))
        .extracting(LimitUsage::limit)
        .containsExactly("before");
    Reservation reservation = rule.reserve(new Callers.SomeCall());

    assertThat(rule.readsResults()).isTrue();
    assertThat(reservation.refusal()).isEmpty();
    assertThat(reservation.usage()).extracting(LimitUsage::limit).containsExactly("here");
    reservation.settle(new Outcome.NotDelivered());
    assertThat(closed.getCount()).isZero();
  }

  @Test
  void nobodyIsOneOfTheHouseByName() throws Exception {
    Path jar = jar("rule-limits", rules("", ""));
    String digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));

    load(Duration.ofSeconds(30), new Bundled(Set.of("0".repeat(64))));
    assertThat(Bundled.isCode(Callers.create(kind()))).isFalse();
    generation.close();

    Path list = Files.writeString(copies.resolve("list"), digest + "  rule-limits-0.1.0.jar\n");
    load(Duration.ofSeconds(30), Bundled.read(list));
    assertThat(Bundled.isCode(Callers.create(kind()))).isTrue();
    assertThat(Bundled.isCode(this)).isFalse();
    assertThat(Bundled.read(copies.resolve("none"))).isEqualTo(Bundled.NONE);
  }

  /** A transport whose methods have these bodies. */
  private static String transport(String connect, String send, String rest) {
    return """
    package acme;
    import dev.tollbar.api.*;
    import java.util.Optional;
    public class Kind implements TransportKind<Kind.Config> {
      public record Config() {}
      public String name() { return "strange"; }
      public Class<Config> configType() { return Config.class; }
      public UpstreamTransport open(Config config, TransportContext context) {
        return new UpstreamTransport() {
          public UpstreamSession connect() throws UpstreamException { %s }
          %s
        };
      }
      static final class Session implements UpstreamSession {
        public UpstreamReply send(UpstreamMessage message) throws UpstreamException { %s }
        public EventStream listen(Optional<String> id) throws UpstreamException {
          throw new UpstreamException(UpstreamException.Reason.REFUSED, false, 405, "none");
        }
        public boolean alive() { return true; }
        public void close() {}
      }
      record Text(byte[] bytes) implements UpstreamReply.Single {
        public int status() { return 200; }
        public java.io.InputStream body() { return body; }
        public java.util.OptionalLong length() { return java.util.OptionalLong.of(bytes.length); }
        public void close() {}
        static java.io.InputStream body;
        Text { body = new java.io.ByteArrayInputStream(bytes); }
      }
    }
    """
        .formatted(connect, rest, send);
  }

  private UpstreamTransport open() {
    return Callers.open(generation.transportKind("strange").orElseThrow());
  }

  private static UpstreamMessage message() {
    return new UpstreamMessage(
        "{}".getBytes(StandardCharsets.UTF_8),
        UpstreamMessage.Kind.REQUEST,
        "ping",
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static final String WELL =
      "public Health health() { return new Health(true, \"well\"); }" + " public void close() {}";

  @Test
  void messagesGoThroughATransportOfStrangers() throws Exception {
    jar("carrier", transport("return new Session();", "return new Text(message.bytes());", WELL));
    load(Duration.ofSeconds(30), Bundled.NONE);
    UpstreamTransport transport = open();

    UpstreamSession session = transport.connect();
    assertThat(session.alive()).isTrue();
    assertThat(session.resumeToken()).isEmpty();
    assertThat(transport.health()).isEqualTo(new UpstreamTransport.Health(true, "well"));
    try (UpstreamReply.Single reply = (UpstreamReply.Single) session.send(message())) {
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.length()).hasValue(2);
      assertThat(reply.body()).hasContent("{}");
    }
    assertThatThrownBy(() -> session.listen(Optional.empty()))
        .isInstanceOf(UpstreamException.class)
        .hasMessage("none");
    session.close();
    transport.close();
  }

  @Test
  void aTransportThatDoesNotEndIsATimeoutAndNobodyWaitsForIt() throws Exception {
    jar(
        "carrier",
        transport(
            "return new Session();",
            FOR_EVER + "return null;",
            "public Health health() { "
                + FOR_EVER
                + " return null; } public void close() { "
                + FOR_EVER
                + " }"));
    load(Duration.ofMillis(50), Bundled.NONE);
    UpstreamTransport transport = open();
    UpstreamSession session = transport.connect();

    assertThatThrownBy(() -> session.send(message()))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(UpstreamException.Reason.TIMEOUT);
              assertThat(e.delivered()).isTrue();
              assertThat(e).hasMessage("the transport took longer than 1050 ms");
            });
    assertThat(transport.health())
        .isEqualTo(new UpstreamTransport.Health(false, "the transport does not say"));
    transport.close();
  }

  @Test
  void aTransportThatThrowsOrGivesNothingIsBroken() throws Exception {
    jar(
        "carrier",
        transport(
            "return new Session();",
            "if (message.method().equals(\"ping\")) throw new StackOverflowError(); return null;",
            WELL));
    load(Duration.ofSeconds(30), Bundled.NONE);
    UpstreamSession session = open().connect();

    assertThatThrownBy(() -> session.send(message()))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(UpstreamException.Reason.BROKEN);
              assertThat(e).hasMessage("the transport failed");
            });
    UpstreamMessage other =
        new UpstreamMessage(
            new byte[0],
            UpstreamMessage.Kind.REQUEST,
            "other",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> session.send(other))
        .isInstanceOf(UpstreamException.class)
        .hasMessage("the transport failed");
  }
}
