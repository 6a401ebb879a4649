package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official conformance suites, check by check: the gateway answers as the server behind it
 * does, and is to a server what the client in front of it is. What differs stands in {@code
 * conformance-differences.yaml}, exactly; the figures go to {@code docs/conformance.md} when every
 * cell is run.
 */
@ExtendWith(Fixtures.class)
class ConformanceIT {

  /** The suites wait more than they work; but they wait five seconds for a server, and no more. */
  private static final int AT_ONCE = 3;

  private static final long PATIENCE_MINUTES = 10;

  private static final Map<ConformanceRun, Future<Path>> RECORDS = new LinkedHashMap<>();
  private static final Map<String, RunningGateway> GATEWAYS = new HashMap<>();

  private static ExecutorService workers = Executors.newFixedThreadPool(1);
  private static ExpectedDifferences expected = new ExpectedDifferences(List.of());
  private static Path baseline = Path.of("");
  private static Node node = new Node("");
  private static LoopbackServer fixture;
  private static final List<LoopbackServer> OF_ONE_ERA = new ArrayList<>();

  @BeforeAll
  static void begin(Archive archive, NpmPackages npm, @TempDir Path work) throws Exception {
    workers = Executors.newFixedThreadPool(AT_ONCE);
    node = Node.find(npm);
    expected = ExpectedDifferences.read();
    baseline = npm.conformance("direct-baseline.json");
    fixture = ConformanceServers.fixture(node, npm);
    for (String policy : ConformanceServers.POLICIES) {
      GATEWAYS.put(policy, ConformanceServers.gateway(archive, node, npm, fixture, policy, work));
    }
    RunningGateway bridges = ConformanceServers.bridges(archive, node, npm, OF_ONE_ERA, work);
    GATEWAYS.put("bridges", bridges);
    Future<Path> clients = workers.submit(() -> clients(archive, npm, work));
    Future<Path> clientsDirectly = workers.submit(() -> clientsDirectly(npm, work));
    // The sets that take longest are the last ones.
    for (ConformanceRun run : ConformanceRun.wanted().reversed()) {
      Future<Path> ofClients = run.isDirect() ? clientsDirectly : clients;
      RECORDS.put(
          run, run.set().ofClients() ? ofClients : workers.submit(() -> servers(run, npm, work)));
    }
  }

  private static Path servers(ConformanceRun run, NpmPackages npm, Path work)
      throws IOException, InterruptedException {
    String url =
        run.isDirect()
            ? fixture.url()
            : Objects.requireNonNull(GATEWAYS.get(run.isBridged() ? "bridges" : run.policy()))
                .url(run.over());
    Path record = work.resolve(run + ".json");
    return measure(
        "run-suites.mjs",
        List.of(url.replace("127.0.0.1", "localhost"), record.toString()),
        npm,
        Map.of("SETS", run.set().id()));
  }

  private static Path clientsDirectly(NpmPackages npm, Path work)
      throws IOException, InterruptedException {
    Path record = work.resolve("clients directly.json");
    return measure("run-clients.mjs", List.of(record.toString()), npm, Map.of());
  }

  private static Path clients(Archive archive, NpmPackages npm, Path work)
      throws IOException, InterruptedException {
    Path record = work.resolve("clients.json");
    Path policy = Resources.copy("conformance-allow-all.yaml", work);
    String via =
        "\"%s\" \"%s\" \"%s\" \"%s\""
            .formatted(
                node.program(), npm.conformance("start-gateway.mjs"), archive.home(), policy);
    return measure("run-clients.mjs", List.of(record.toString()), npm, Map.of("VIA", via));
  }

  /** Runs one of the scripts, the last argument of which is the record that it writes. */
  private static Path measure(
      String script, List<String> arguments, NpmPackages npm, Map<String, String> variables)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(node.program());
    words.add(npm.conformance(script).toString());
    words.addAll(arguments);
    ProcessBuilder program = new ProcessBuilder(words);
    program.environment().putAll(variables);
    Finished finished = Finished.run(program);
    Path record = Path.of(arguments.getLast());
    if (finished.exitCode() != 0 || !Files.exists(record)) {
      throw new IOException(script + " failed:\n" + finished.out() + finished.err());
    }
    return record;
  }

  @AfterAll
  static void end() throws Exception {
    workers.shutdown();
    boolean done = workers.awaitTermination(PATIENCE_MINUTES, TimeUnit.MINUTES);
    workers.shutdownNow();
    GATEWAYS.values().forEach(RunningGateway::close);
    if (fixture != null) {
      fixture.close();
    }
    OF_ONE_ERA.forEach(LoopbackServer::close);
    if (done && ConformanceRun.ALL && !RECORDS.isEmpty()) {
      Map<ConformanceRun, Checks> results = new LinkedHashMap<>();
      for (Map.Entry<ConformanceRun, Future<Path>> run : RECORDS.entrySet()) {
        Checks checks = Checks.read(run.getValue().get(), run.getKey().set());
        results.put(run.getKey(), run.getKey().counted(checks));
      }
      new ConformancePage(results, expected).write(Path.of("docs/conformance.md"));
    }
  }

  @TestFactory
  Stream<DynamicTest> everyCheckSaysWhatItSaysOfTheServer() {
    return RECORDS.entrySet().stream()
        .map(run ->
            DynamicTest.dynamicTest(
                run.getKey().toString(), () -> compare(run.getKey(), run.getValue())));
  }

  private static void compare(ConformanceRun run, Future<Path> record) throws Exception {
    Checks direct = Checks.read(baseline, run.set());
    Checks checks = Checks.read(record.get(PATIENCE_MINUTES, TimeUnit.MINUTES), run.set());
    List<String> differences =
        expected.of(run.over(), run.set()).stream()
            .flatMap(entry -> entry.differences().stream())
            .toList();

    assertThat(direct.passing()).isEqualTo(direct.count()).isEqualTo(run.set().scenarios());
    assertThat(run.counted(checks).differences(run.counted(direct)))
        .as(run.toString())
        .containsExactlyInAnyOrderElementsOf(differences);
  }

  @Test
  void expectsDifferencesOnlyOfWhatIsRun() {
    assertThat(expected.entries())
        .allSatisfy(entry ->
            assertThat(RECORDS.keySet())
                .anyMatch(
                    run -> run.over().equals(entry.over()) && run.set().id().equals(entry.set())));
  }

  /** What {@code conformance-differences.yaml} says of the fixture without the gateway. */
  @Test
  void closesNoConnectionOverStdio(NpmPackages npm) throws IOException {
    Process process =
        new ProcessBuilder(
                node.program(), npm.conformance("fixture-server.mjs").toString(), "--stdio")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedWriter in = process.outputWriter();
        BufferedReader out = process.inputReader()) {
      assertThat(answer(in, out, Wire.INITIALIZE).path("id").asInt(-1)).isZero();
      in.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");

      JsonNode reply = answer(in, out, Wire.call(1, "test_reconnection", "{}"));

      assertThat(reply.path("id").asInt()).isEqualTo(1);
      assertThat(reply.at("/result/content/0/text").asText())
          .isEqualTo("Reconnection test completed");
    } finally {
      process.destroyForcibly();
    }
  }

  private static JsonNode answer(BufferedWriter in, BufferedReader out, String message)
      throws IOException {
    in.write(message + "\n");
    in.flush();
    return Wire.JSON.readTree(out.readLine());
  }
}
