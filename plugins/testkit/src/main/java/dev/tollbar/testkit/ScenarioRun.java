package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.bootstrap.EmbeddedGateway;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.StoredGrant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One run of a scenario against a gateway of its own. For one thread; close it. */
final class ScenarioRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Scenario scenario;
  private final Given given;
  private final TestClock clock;
  private final ScenarioServer server;
  private final ScenarioDocument document;
  private final EmbeddedGateway gateway;
  private final List<DecisionRecord> records = new CopyOnWriteArrayList<>();
  private final Map<String, Client> clients = new HashMap<>();
  private final List<String> revisions = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private Optional<String> pending = Optional.empty();
  private int people;

  private ScenarioRun(
      Scenario scenario, TestClock clock, ScenarioDocument document, Path plugins, Path data)
      throws DocumentException, IOException, InterruptedException {
    this.scenario = scenario;
    this.given = scenario.content().given();
    this.clock = clock;
    this.document = document;
    this.server = new ScenarioServer(scenario, clock);
    this.gateway =
        EmbeddedGateway.start(
            new EmbeddedGateway.Parts(
                document::read,
                data,
                plugins,
                data,
                clock,
                grants(),
                kinds -> new ScenarioKinds(kinds, server),
                records::add));
    revisions.add(gateway.revision());
  }

  /**
   * Runs a scenario.
   *
   * @param data an empty folder
   * @return everything that was not as the scenario says
   */
  static List<Problem> run(Scenario scenario, Path plugins, Path data)
      throws IOException, InterruptedException {
    TestClock clock = new TestClock(scenario.content().given().clock().instant());
    ScenarioDocument document = new ScenarioDocument(scenario);
    ScenarioRun run;
    try {
      run = new ScenarioRun(scenario, clock, document, plugins, data);
    } catch (DocumentException e) {
      return differentRefusal(
          scenario,
          scenario.content().refused().isPresent() ? "/refused" : "/given",
          scenario.content().refused(),
          Optional.of(document.refusal().orElse(Problem.text(e.problems()))));
    }
    try (run) {
      run.all();
    }
    run.recorded(data);
    return run.problems;
  }

  /** What was decided is in the log too, line by line. */
  private void recorded(Path data) throws IOException {
    List<Optional<String>> written = new ArrayList<>();
    for (String line : Files.readAllLines(data.resolve("decisions.jsonl"))) {
      JsonNode record = Exchange.read(line.getBytes(StandardCharsets.UTF_8));
      written.add(Optional.ofNullable(record.path("revision").textValue()));
    }
    if (!written.equals(records.stream().map(DecisionRecord::revision).toList())) {
      problem("", "expected a record of every decision in the log; found " + written.size());
    }
  }

  /** What is wrong if a document is refused with other words than expected, or at all. */
  private static List<Problem> differentRefusal(
      Scenario scenario, String pointer, Optional<String> expected, Optional<String> found) {
    String wanted = expected.map(String::strip).orElse("");
    String said = found.map(String::strip).orElse("");
    if (wanted.equals(said)) {
      return List.of();
    }
    return List.of(
        scenario.problem(
            pointer,
            "expected "
                + (wanted.isEmpty() ? "a document that can be used" : "this refusal:\n" + wanted)
                + "\nfound "
                + (said.isEmpty() ? "a document that can be used" : "this refusal:\n" + said)));
  }

  private void all() throws IOException, InterruptedException {
    if (scenario.content().refused().isPresent()) {
      problems.addAll(
          differentRefusal(scenario, "/refused", scenario.content().refused(), Optional.empty()));
    }
    List<Step> steps = scenario.content().calls();
    for (int i = 0; i < steps.size(); i++) {
      step("/calls/" + i, steps.get(i));
    }
  }

  private void step(String pointer, Step step) throws IOException, InterruptedException {
    if (step.at().isPresent() && !clock.moveTo(step.at().get().instant())) {
      problem(pointer + "/at", "expected a time that is not before " + clock.instant());
    }
    if (step.person().isPresent()) {
      person(pointer, step.person().get());
    } else if (step.policy().isPresent() || step.document().isPresent()) {
      edit(pointer, step);
    } else {
      calls(pointer, step, step.expect().orElseThrow());
    }
  }

  private void problem(String pointer, String message) {
    problems.add(scenario.problem(pointer, message));
  }

  private void person(String pointer, Step.Person said) {
    if (pending.isEmpty()) {
      problem(pointer + "/person", "expected a call before that waits for a person; found none");
      return;
    }
    people++;
    Approvals.Decided decided =
        gateway
            .approvals()
            .decide(
                pending.get(),
                new Approval.Answer(
                    said == Step.Person.APPROVE, "person " + people, "", clock.instant()));
    if (decided != Approvals.Decided.RECORDED) {
      problem(
          pointer + "/person",
          "expected an approval that is open; found one that is "
              + decided.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
  }

  private void edit(String pointer, Step step) {
    document.edit(step);
    gateway.reload();
    problems.addAll(
        differentRefusal(scenario, pointer + "/refused", step.refused(), document.refusal()));
    if (document.refusal().isEmpty()) {
      if (revisions.getLast().equals(gateway.revision())) {
        problem(pointer, "expected another revision; found the same document");
      }
      revisions.add(gateway.revision());
    }
  }

  private void calls(String pointer, Step step, Expect expect)
      throws IOException, InterruptedException {
    String grant = step.grant().orElse(given.grant());
    if (given.document().isPresent()
        && !document.grants().isEmpty()
        && !document.grants().contains(grant)) {
      problem(pointer, "expected a grant of the document; found \"" + grant + "\"");
      return;
    }
    Client client = clients.computeIfAbsent(grant, this::client);
    int times = step.repeat().orElse(1);
    for (int i = 1; i <= times; i++) {
      Exchange exchange = exchange(client, step);
      if (exchange.decision() == Expect.Decision.PENDING) {
        pending = exchange.record().flatMap(record -> record.approvals().stream().findFirst());
      }
      List<String> differences = new ArrayList<>(Check.differences(expect, exchange, revisions));
      if (server.answeredInThePast()) {
        differences.add("expected a reply that is not before " + clock.instant());
      }
      if (step.list().isPresent()) {
        differences.addAll(Check.listDifferences(exchange.reply(), server.toolList()));
      }
      if (!differences.isEmpty()) {
        String which = times == 1 ? "" : ", time " + i + " of " + times;
        problem(pointer, name(step) + which + ": " + String.join("; ", differences));
        return;
      }
    }
  }

  private static String name(Step step) {
    return step.tool().or(() -> step.list().map(_ -> "tools/list")).orElse("body");
  }

  private Exchange exchange(Client client, Step step) throws IOException, InterruptedException {
    server.expect(Optional.empty(), Optional.empty());
    if (!client.hasSession()) {
      int before = records.size();
      ClientSide told = client.open();
      if (!client.hasSession()) {
        return exchange(new byte[0], told, before);
      }
      if (given.tools().isPresent()) {
        client.post(Client.bytes(client.request("tools/list")), false);
      }
    }
    byte[] body = body(client, step);
    int before = records.size();
    if (step.client().isEmpty()) {
      server.expect(step.reply(), Optional.empty());
      return exchange(body, client.post(body, false), before);
    }
    return exchange(body, leave(client, body, step, step.client().get()), before);
  }

  private Exchange exchange(byte[] sent, ClientSide told, int before) throws IOException {
    return new Exchange(
        sent,
        told.status(),
        Exchange.read(told.body()),
        List.copyOf(records.subList(before, records.size())),
        server.requests());
  }

  private static byte[] body(Client client, Step step) {
    if (step.body().isPresent()) {
      return step.body().get().getBytes(StandardCharsets.UTF_8);
    }
    if (step.list().isPresent()) {
      return Client.bytes(client.request("tools/list"));
    }
    ObjectNode call = client.request("tools/call");
    ObjectNode params = call.putObject("params").put("name", step.tool().orElseThrow());
    step.arguments()
        .ifPresentOrElse(
            arguments -> params.set("arguments", arguments), () -> params.putObject("arguments"));
    return Client.bytes(call);
  }

  /** Makes a call whose client does not wait for the end. */
  private ClientSide leave(Client client, byte[] body, Step step, Step.Leaving leaving)
      throws IOException, InterruptedException {
    Semaphore moved = new Semaphore(0);
    server.expect(step.reply(), Optional.of(moved::release));
    List<ClientSide> told = new CopyOnWriteArrayList<>();
    Thread call =
        Thread.startVirtualThread(() -> {
          try {
            told.add(client.post(body, leaving == Step.Leaving.LEAVES));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          } finally {
            moved.release();
          }
        });
    if (moved.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS) && call.isAlive()) {
      switch (leaving) {
        case CANCELS -> client.cancel();
        case LEAVES -> client.leave();
      }
    }
    if (!call.join(PATIENCE) || told.isEmpty()) {
      throw new AssertionError(
          scenario.path() + ": " + name(step) + ": the gateway did not end the call");
    }
    return told.getFirst();
  }

  private Client client(String grant) {
    boolean known = given.policy().isPresent() || document.grants().contains(grant);
    return new Client(
        gateway.gateway(),
        given.server(),
        known ? Optional.of(ScenarioGrants.token(grant)) : Optional.empty(),
        clock);
  }

  /** A policy comes without grants: every one that calls has it. */
  private ScenarioGrants grants() {
    if (given.policy().isEmpty()) {
      return new ScenarioGrants(List.of());
    }
    return new ScenarioGrants(
        Stream.concat(
                Stream.of(given.grant()),
                scenario.content().calls().stream().flatMap(step -> step.grant().stream()))
            .distinct()
            .map(name ->
                new StoredGrant(
                    name,
                    ScenarioGrants.tokenSha256(name),
                    Map.of(given.server(), given.server()),
                    Map.of(),
                    clock.instant(),
                    Optional.empty(),
                    Optional.empty()))
            .toList());
  }

  @Override
  public void close() {
    gateway.close();
  }
}
