package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that do whatever they must not, in a gateway that serves: each harms its own calls. */
@ExtendWith(Fixtures.class)
class BadPluginsIT {
  /** Kinds that judge in a bad way: what they do instead. */
  private static final Map<String, String> JUDGING =
      Map.of(
          "throws_it", "throw new IllegalStateException(\"secret\");",
          "overflows", "return judge(call);",
          "misses_classes", "throw new NoClassDefFoundError(\"secret\");",
          "gives_null", "return null;",
          "gives_nonsense", "return new Verdict.Deny(null, null, false, null, null);",
          "exits", "System.exit(0); return Verdict.permit();",
          "halts", "Runtime.getRuntime().halt(0); return Verdict.permit();",
          "loops", "while (true) { turns++; }",
          "blocks",
              """
              while (true) {
                try {
                  new java.util.concurrent.CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  turns++;
                }
              }
              """);

  /** Kinds whose reservations are bad, and that judge well. */
  private static final Map<String, String> RESERVING =
      Map.of(
          "reserves_null", "return null;",
          "reserves_badly", "throw new IllegalStateException(\"secret\");",
          "refuses_null",
              """
              return new Reservation() {
                public java.util.Optional<Verdict.Deny> refusal() { return null; }
                public void settle(Outcome outcome) {}
              };
              """);

  /** Kinds that spoil what comes after the call: it goes through. */
  private static final Map<String, String> AFTERWARDS =
      Map.of(
          "settles_badly", "return outcome -> { throw new IllegalStateException(\"secret\"); };",
          "settles_never", "return outcome -> { while (true) { turns++; } };",
          "leaks_threads",
              """
              Thread.ofPlatform().start(() -> {
                try {
                  new java.util.concurrent.CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  turns++;
                }
              });
              return Reservation.NOTHING;
              """);

  @TempDir private Path work;
  private RunningGateway gateway;

  /** What a kind does that cannot even be configured: its config is never made. */
  private static final String NEVER_MADE =
      """
        @org.pf4j.Extension
        public static final class NeverMade implements RuleKind<NeverMade.Endless> {
          public record Endless(String how) { public Endless { while (how != null) { turns++; } } }
          public String name() { return "never_made"; }
          public Class<Endless> configType() { return Endless.class; }
          public Rule create(Endless config, RuleContext context) { return null; }
        }
      """;

  @BeforeEach
  void start(Archive archive) throws IOException, InterruptedException {
    Path plugins = archive.copyPlugins(work);
    StrangersJar.rename(
        StrangersJar.build(archive, work, "bad", "1.0.0", "stranger.Bad", source()),
        plugins.resolve("bad.jar"));
    ShellServer.write(work);
    StringBuilder document =
        new StringBuilder(
            """
            version: "2"
            servers:
              cheap: { transport: { stdio: { command: sh, args: ["%s"] } } }
            policies:
              open:
                default: deny
                tools:
                  good: { limits: { max: 1000000, window: day, scope: grant } }
            """
                .formatted(work.resolve("server.sh")));
    for (Map<String, String> kinds : List.of(JUDGING, RESERVING, AFTERWARDS)) {
      kinds.keySet().forEach(kind -> document.append("      %1$s: { %1$s: {} }%n".formatted(kind)));
    }
    Path file = Files.writeString(work.resolve("gateway.yaml"), document);
    gateway =
        RunningGateway.serve(
            archive, work, List.of("--document", file.toString(), "--plugins", plugins.toString()));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private static String source() {
    StringBuilder source =
        new StringBuilder(
            """
            package stranger;
            import dev.tollbar.api.*;
            public final class Bad {
              static volatile long turns;
              public record Config() {}
              abstract static class Kind implements RuleKind<Config> {
                public Class<Config> configType() { return Config.class; }
                Verdict judge(Call call) { return Verdict.permit(); }
                Reservation take(Call call) { return Reservation.NOTHING; }
                public Rule create(Config config, RuleContext context) {
                  return new Rule() {
                    public Verdict evaluate(Call call) { return judge(call); }
                    public Reservation reserve(Call call) { return take(call); }
                  };
                }
              }
            """);
    JUDGING.forEach((kind, code) -> source.append(kind(kind, "Verdict judge(Call call)", code)));
    RESERVING.forEach(
        (kind, code) -> source.append(kind(kind, "Reservation take(Call call)", code)));
    AFTERWARDS.forEach(
        (kind, code) -> source.append(kind(kind, "Reservation take(Call call)", code)));
    return source.append(NEVER_MADE).append("}\n").toString();
  }

  private static String kind(String name, String method, String code) {
    return """
      @org.pf4j.Extension
      public static final class Of_%1$s extends Kind {
        public String name() { return "%1$s"; }
        %2$s { %3$s }
      }
    """
        .formatted(name, method, code);
  }

  private JsonNode call(String tool) throws IOException, InterruptedException {
    try (Wire wire = new Wire(gateway.url("cheap"))) {
      Map<String, String> session = wire.begin(Map.of());
      return Wire.json(wire.post(Wire.call(1, tool, "{}"), session)).path("result");
    }
  }

  /** Calls all of these tools at once; what each was answered. */
  private Map<String, JsonNode> calls(Iterable<String> tools) throws InterruptedException {
    Map<String, JsonNode> answers = new ConcurrentHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (String tool : tools) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  answers.put(tool, call(tool));
                } catch (IOException | InterruptedException e) {
                  answers.put(tool, Wire.JSON.createObjectNode().put("failed", e.toString()));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return new LinkedHashMap<>(answers);
  }

  private static String text(JsonNode result) {
    return result.at("/content/0/text").asText(result.toString());
  }

  @Test
  void eachHarmsItsOwnCallsOnly() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    Thread others =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (!over.get()) {
                  String answer = text(call("good"));
                  if (!answer.equals("done")) {
                    failures.add(answer);
                  }
                  answered.incrementAndGet();
                }
              } catch (IOException | InterruptedException e) {
                failures.add(e.toString());
              }
            });
    List<String> tools = new ArrayList<>(JUDGING.keySet());
    tools.addAll(RESERVING.keySet());

    List<Thread> blocked = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      blocked.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  call("blocks");
                } catch (IOException | InterruptedException e) {
                  failures.add(e.toString());
                }
              }));
    }
    // A config that is never made is waited for as little, and the document in force stays.
    Path file = work.resolve("gateway.yaml");
    String before = Files.readString(file);
    StrangersJar.rename(
        (before + "      other: { never_made: { how: long } }\n").getBytes(StandardCharsets.UTF_8),
        file);
    Map<String, JsonNode> denied = calls(tools);
    assertThat(
            Eventually.get(
                    () -> gateway.health().path("document").path("problems"),
                    problems -> !problems.isEmpty())
                .toString())
        .contains(
            "/policies/open/tools/other/never_made: the plugin bad@1.0.0 took longer than 5 s");
    StrangersJar.rename(before.getBytes(StandardCharsets.UTF_8), file);
    Map<String, JsonNode> passed = calls(AFTERWARDS.keySet());
    for (Thread thread : blocked) {
      thread.join();
    }
    // Four runs of this kind have not ended: it is not waited for any more.
    assertThat(text(call("blocks")))
        .isEqualTo("[POLICY DENIED] A rule could not decide this call.");
    assertThat(gateway.log())
        .contains(
            "the blocks rule at /policies/open/tools/blocks/blocks is not run, because too many"
                + " earlier runs do not end");

    over.set(true);
    others.join();
    assertThat(failures).isEmpty();
    assertThat(answered.get()).isPositive();
    assertThat(denied)
        .allSatisfy((tool, result) -> {
          assertThat(text(result)).isEqualTo("[POLICY DENIED] A rule could not decide this call.");
          JsonNode denial = result.path("_meta").path("dev.tollbar/denial");
          assertThat(denial.path("code").asText()).isEqualTo("rule_error");
          assertThat(denial.path("rule").asText())
              .isEqualTo("/policies/open/tools/" + tool + "/" + tool);
        });
    assertThat(passed).allSatisfy((tool, result) -> assertThat(text(result)).isEqualTo("done"));
    assertThat(text(call("good"))).isEqualTo("done");
    JsonNode health = gateway.health();
    assertThat(health.path("status").asText()).isEqualTo("degraded");
    assertThat(health.path("rules").toString()).contains("blocks").doesNotContain("throws_it");
    gateway.terminate();
    assertThat(gateway.endedWithin(Duration.ofSeconds(30))).isTrue();
  }
}
