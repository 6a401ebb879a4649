package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jars are put into the plugins folder, replaced and taken away while calls go on. */
@ExtendWith(Fixtures.class)
class PluginSwapIT {
  private static final int CALLERS = 4;
  private static final int WARM = 5;

  /** {@code -Dtollbar.swaps=200} for the long run. */
  private static final int SWAPS = Integer.getInteger("tollbar.swaps", 8);

  private static final Pattern INSTANCES =
      Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +dev\\.tollbar\\.plugins\\.SealedClassLoader");

  /** Takes its time, and a class that is loaded after that: it must still be there. */
  private static final String KIND =
      """
      package stranger;
      import dev.tollbar.api.*;
      @org.pf4j.Extension
      public final class Stamped implements RuleKind<Stamped.Config> {
        public record Config() {}
        public String name() { return "stamped"; }
        public Class<Config> configType() { return Config.class; }
        public Rule create(Config config, RuleContext context) {
          return call -> {
            if (call.arguments().has("ask")) {
              return Verdict.deny("This is version VERSION.");
            }
            try {
              Thread.sleep(5);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return Late.verdict();
          };
        }
        static final class Late {
          static Verdict verdict() { return Verdict.permit(); }
        }
      }
      """;

  @TempDir private Path work;
  private Archive archive = new Archive(Path.of(""));
  private Path plugins = Path.of("");
  private RunningGateway gateway;
  private Wire wire;
  private Map<String, String> session = Map.of();

  @BeforeEach
  void start(Archive unpacked) throws IOException, InterruptedException {
    archive = unpacked;
    plugins = archive.copyPlugins(work);
    ShellServer.write(work);
    document("{}");
    gateway =
        RunningGateway.serve(
            archive,
            work,
            List.of("--document", file().toString(), "--plugins", plugins.toString()));
    wire = new Wire(gateway.url("cheap"));
    session = wire.begin(Map.of());
  }

  @AfterEach
  void stop() {
    wire.close();
    gateway.close();
  }

  private Path file() {
    return work.resolve("gateway.yaml");
  }

  private void document(String rules) throws IOException {
    StrangersJar.rename(
        """
        version: "2"
        servers:
          cheap: { transport: { stdio: { command: sh, args: ["%s"] } } }
        policies:
          open:
            default: allow
            tools:
              stamped: %s
              counted: { limits: [ { max: 3, window: 24h, scope: grant } ] }
        """
            .formatted(work.resolve("server.sh"), rules)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8),
        file());
  }

  private byte[] version(int n) throws IOException {
    return StrangersJar.build(
        archive,
        work,
        "stamped",
        "1.0." + n,
        "stranger.Stamped",
        KIND.replace("VERSION", Integer.toString(n)));
  }

  private Path jar() {
    return plugins.resolve("stamped.jar");
  }

  private String call(String tool, String arguments) throws Exception {
    HttpResponse<String> reply = wire.post(Wire.call(1, tool, arguments), session);
    return Wire.json(reply).path("result").path("content").path(0).path("text").asText();
  }

  private String ask() throws Exception {
    return call("stamped", "{\"ask\":true}");
  }

  private void awaitVersion(int n) throws Exception {
    String answer = "[POLICY DENIED] This is version " + n + ".";
    assertThat(Eventually.get(this::ask, answer::equals)).isEqualTo(answer);
  }

  private List<String> problems() throws Exception {
    List<String> problems = new ArrayList<>();
    for (JsonNode problem : gateway.health().path("document").path("problems")) {
      problems.add(problem.asText());
    }
    return problems;
  }

  @Test
  void swapsUnderLoadFailNoCallAndLeaveNothingBehind() throws Exception {
    assertThat(call("counted", "{}")).isEqualTo("done");
    StrangersJar.rename(version(0), jar());
    document("{ stamped: {} }");
    awaitVersion(0);
    assertThat(call("counted", "{}")).isEqualTo("done");
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(Caller.start(gateway.url("cheap"), over, answered));
    }
    swap(1, WARM);
    int loadersBefore = loaders(count -> count == pluginCount());
    double metaspaceBefore = metaspace();

    swap(WARM + 1, SWAPS);
    over.set(true);
    for (Caller caller : callers) {
      caller.thread().join();
      assertThat(caller.failures()).isEmpty();
    }

    assertThat(loadersBefore).isEqualTo(pluginCount());
    assertThat(loaders(count -> count == pluginCount())).isEqualTo(pluginCount());
    assertThat(jcmd("Thread.print")).doesNotContain("\"plugin\"", "\"plugin-unload\"");
    double grown = metaspace() - metaspaceBefore;
    assertThat(grown).as("KiB of metaspace").isLessThan(1024);
    assertThat(gateway.health().path("status").asText()).isEqualTo("up");
    assertThat(call("counted", "{}")).isEqualTo("done");
    assertThat(call("counted", "{}")).startsWith("[POLICY DENIED] ");
    System.out.printf(
        "%d swaps, %d calls, 0 failed; class loaders %d; metaspace %+.0f KiB%n",
        SWAPS, answered.get(), pluginCount(), grown);
  }

  private void swap(int from, int count) throws Exception {
    for (int n = from; n < from + count; n++) {
      StrangersJar.rename(version(n), jar());
      awaitVersion(n);
    }
  }

  /** Calls one after the other, and remembers what was not answered as it should be. */
  private record Caller(Thread thread, List<String> failures) {
    static Caller start(String url, AtomicBoolean over, AtomicInteger answered) {
      List<String> failures = java.util.Collections.synchronizedList(new ArrayList<>());
      Thread thread =
          Thread.ofVirtual()
              .start(() -> {
                try (Wire wire = new Wire(url)) {
                  Map<String, String> session = wire.begin(Map.of());
                  while (!over.get()) {
                    HttpResponse<String> reply = wire.post(Wire.call(1, "stamped", "{}"), session);
                    if (!Wire.message(reply).contains("\"text\":\"done\"")) {
                      failures.add(reply.statusCode() + " " + reply.body());
                    }
                    answered.incrementAndGet();
                  }
                } catch (IOException | InterruptedException | RuntimeException e) {
                  failures.add(e.toString());
                }
              });
      return new Caller(thread, failures);
    }
  }

  private int pluginCount() throws IOException {
    try (var jars = Files.newDirectoryStream(plugins, "*.jar")) {
      int count = 0;
      for (Path _ : jars) {
        count++;
      }
      return count;
    }
  }

  @FunctionalInterface
  private interface Fits {
    boolean test(int count) throws IOException;
  }

  /** How many class loaders of plugins there are, after as many collections as it takes. */
  private int loaders(Fits fits) throws Exception {
    return Eventually.get(
        () -> {
          Matcher line = INSTANCES.matcher(jcmd("GC.class_histogram"));
          return line.find() ? Integer.parseInt(line.group(1)) : 0;
        },
        count -> {
          try {
            return fits.test(count);
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** What is in use, in KiB. */
  private double metaspace() throws IOException, InterruptedException {
    List<String> lines = tool("jstat", "-gc").lines().toList();
    List<String> columns = List.of(lines.getFirst().strip().split("\\s+", -1));
    return Double.parseDouble(lines.getLast().strip().split("\\s+", -1)[columns.indexOf("MU")]);
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    return tool("jcmd", command);
  }

  private String tool(String name, String command) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", name).toString();
    String pid = Long.toString(gateway.process().pid());
    List<String> words =
        command.startsWith("-") ? List.of(program, command, pid) : List.of(program, pid, command);
    return Finished.run(new ProcessBuilder(words)).out();
  }

  @Test
  void aJarIsUsableByTheNextDocumentAndStaysWhileItIsNeeded() throws Exception {
    document("{ stamped: {} }");
    Eventually.get(this::problems, found -> !found.isEmpty());
    assertThat(problems().getFirst()).contains("unknown rule kind \"stamped\"");
    assertThat(call("stamped", "{}")).isEqualTo("done");

    copyInPieces(version(1));
    awaitVersion(1);
    assertThat(Eventually.get(this::problems, List::isEmpty)).isEmpty();

    Files.delete(jar());
    assertThat(Eventually.get(this::problems, found -> found.size() == 2))
        .first()
        .isEqualTo(
            "the plugins that lie in the folder now are not in force: the document cannot be used with them");
    assertThat(gateway.health().path("status").asText()).isEqualTo("degraded");
    assertThat(gateway.operators("/metrics").body()).contains("\ntollbar_document_problems 2.0\n");
    assertThat(gateway.log()).contains("the plugins that lie in the folder now are not in force");
    awaitVersion(1);

    document("{}");
    assertThat(Eventually.get(this::problems, List::isEmpty)).isEmpty();
    assertThat(Eventually.get(this::ask, "done"::equals)).isEqualTo("done");
    assertThat(gateway.log()).contains("stamped.jar: stamped@1.0.1 is not used any more");
  }

  /** Rests in the middle until the half was refused. */
  private void copyInPieces(byte[] jar) throws Exception {
    int half = jar.length / 2;
    Files.write(jar(), java.util.Arrays.copyOf(jar, half));
    String refused = "stamped.jar: it is no jar, or only a part of one; copy it again";
    Eventually.get(this::problems, found -> found.contains(refused));
    assertThat(problems()).contains(refused);
    try (var out = Files.newOutputStream(jar(), java.nio.file.StandardOpenOption.APPEND)) {
      out.write(jar, half, jar.length - half);
    }
  }
}
