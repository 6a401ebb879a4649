package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * What every rule kind owes the gateway, as tests. They make rules of the configs given and show
 * them the calls given: {@code evaluate} has no effects and the same answer for many threads, comes
 * within the gateway's time budget and never throws; what is reserved is settled; configs are
 * described, and refused in words; a rule that is closed leaves nothing running.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> keepsTheContract() {
 *   return KindContract.of(new MaxLengthKind())
 *       .config("{ argument: text, max: 5 }")
 *       .call(TestCall.of("add_note", "{\"text\": \"hello\"}"))
 *       .tests();
 * }
 * }</pre>
 *
 * For one thread. The tests it gives stand alone.
 */
public final class KindContract {
  private static final int THREADS = 8;
  private static final int ROUNDS = 25;

  /** What calls hold that nobody thought of. */
  private static final List<String> ODD_ARGUMENTS =
      List.of(
          "{}",
          "{\"\": null, \"a\": {\"b\": [1, [2, {}]]}}",
          "{\"text\": 5, \"path\": [], \"args\": true, \"amount\": \"x\"}",
          "{\"amount\": -1e400, \"text\": \"\\u0000\\uD83D\\uDE00\"}");

  private final RuleKind<?> kind;
  private final Bounded bounded;
  private final List<String> configs = new ArrayList<>();
  private final List<TestCall> calls = new ArrayList<>();
  private final Map<String, String> files = new LinkedHashMap<>();

  KindContract(RuleKind<?> kind, Bounded bounded) {
    this.kind = kind;
    this.bounded = bounded;
  }

  /** The contract of a kind, of which configs and calls are to be added. */
  public static KindContract of(RuleKind<?> kind) {
    return new KindContract(kind, Bounded.AS_THE_GATEWAY);
  }

  /** Adds a config that documents may have, as {@link KindBench#rule} takes it. */
  public KindContract config(String config) {
    configs.add(config);
    return this;
  }

  /** Adds a call; best one that is permitted and one that is denied. */
  public KindContract call(TestCall call) {
    calls.add(call);
    return this;
  }

  /** Adds a file of the document's folder, which configs may name. */
  public KindContract file(String path, String text) {
    files.put(path, text);
    return this;
  }

  /**
   * The tests: some of the kind, the others of each config.
   *
   * @throws IllegalStateException if there is no config or no call
   */
  public Stream<DynamicTest> tests() {
    if (configs.isEmpty() || calls.isEmpty()) {
      throw new IllegalStateException("the contract needs at least one config and one call");
    }
    Map<String, Executable> tests = new LinkedHashMap<>();
    tests.put("says what it is", this::saysWhatItIs);
    tests.put("describes its config", this::describesItsConfig);
    tests.put("refuses in words what it cannot use", this::refusesInWords);
    for (String config : List.copyOf(configs)) {
      tests.put("evaluates without effects: " + config, () -> evaluatesWithoutEffects(config));
      tests.put("answers many threads alike: " + config, () -> answersManyThreadsAlike(config));
      tests.put("judges whatever comes: " + config, () -> judgesWhateverComes(config));
      tests.put("gives back what it took: " + config, () -> givesBackWhatItTook(config));
      tests.put("leaves nothing running: " + config, () -> leavesNothingRunning(config));
    }
    return tests.entrySet().stream()
        .map(test -> DynamicTest.dynamicTest(test.getKey(), test.getValue()));
  }

  private KindBench bench() {
    return bench(new AtomicInteger());
  }

  private KindBench bench(AtomicInteger taken) {
    KindBench bench = new KindBench(kind, counters -> new CountedTakes(counters, taken));
    files.forEach(bench::file);
    return bench;
  }

  private void saysWhatItIs() {
    Configs.checkFacts(kind.name(), kind.configType());
    String again = kind.name();
    Class<?> sameType = kind.configType();
    check(
        again.equals(kind.name()) && sameType == kind.configType(),
        "it gives another name or config type each time");
  }

  private void describesItsConfig() {
    Configs.checkDescribed(kind.configType());
    for (String config : configs) {
      KindBench.Made made = bench().make(config);
      check(made.rule().isPresent(), config + ": " + String.join("\n", made.problems()));
      made.rule().ifPresent(Rule::close);
    }
  }

  private void refusesInWords() throws Exception {
    for (String config : configs) {
      for (String odd : Configs.odd(config, kind.configType())) {
        KindBench.Made made = bounded.call(odd, () -> bench().make(odd));
        made.rule().ifPresent(Rule::close);
        check(
            !made.failed(),
            "it throws something else than InvalidConfigException when it reads " + odd);
      }
    }
  }

  private void evaluatesWithoutEffects(String config) throws Exception {
    AtomicInteger taken = new AtomicInteger();
    Rule rule = bench(taken).rule(config);
    List<Verdict> verdicts = new ArrayList<>();
    for (TestCall call : calls) {
      JsonNode before = call.arguments().deepCopy();
      Verdict verdict = evaluate(rule, call);
      verdicts.add(verdict);
      for (int i = 0; i < ROUNDS; i++) {
        same(call, verdict, evaluate(rule, call));
      }
      same(call, verdict, bounded.call(call, () -> rule.explain(call).verdict()));
      Objects.requireNonNull(bounded.call(call, () -> rule.usage(call)));
      check(call.arguments().equals(before), "it changes the arguments of " + call);
    }
    check(taken.get() == 0, "evaluate takes from counters; only reserve may");
    // A rule that nobody has asked before, on the same counters' beginnings, says the same.
    Rule unasked = bench().rule(config);
    for (int i = 0; i < calls.size(); i++) {
      same(calls.get(i), verdicts.get(i), evaluate(unasked, calls.get(i)));
    }
    check(
        bounded.call("outage", rule::outage).isEmpty(),
        "outage() tells of one, though the rule has just answered");
    rule.close();
    unasked.close();
  }

  private void answersManyThreadsAlike(String config) throws Exception {
    Rule rule = bench().rule(config);
    List<Verdict> alone = new ArrayList<>();
    for (TestCall call : calls) {
      alone.add(evaluate(rule, call));
    }
    bounded.all(
        THREADS,
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < calls.size(); i++) {
              same(calls.get(i), alone.get(i), Objects.requireNonNull(rule.evaluate(calls.get(i))));
            }
          }
        });
    rule.close();
  }

  private void judgesWhateverComes(String config) throws Exception {
    Rule rule = bench().rule(config);
    for (TestCall call : calls) {
      for (String arguments : ODD_ARGUMENTS) {
        evaluate(rule, call.withArguments(arguments));
      }
      evaluate(rule, call.withSession("s").withTool("destructive", Map.of()).asContinued());
    }
    if (rule.readsResults()) {
      for (JsonNode result : oddResults()) {
        Verdict verdict = bounded.call(result, () -> rule.evaluateResult(calls.getFirst(), result));
        same(result, verdict, rule.evaluateResult(calls.getFirst(), result));
      }
    }
    rule.close();
  }

  private static List<JsonNode> oddResults() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return List.of(
        nodes.objectNode(),
        nodes.objectNode().put("isError", true).put("structuredContent", 5),
        nodes.textNode("no result"));
  }

  private void givesBackWhatItTook(String config) throws Exception {
    Rule rule = bench().rule(config);
    for (TestCall call : calls) {
      for (Outcome outcome : outcomes(rule.readsResults())) {
        Verdict before = evaluate(rule, call);
        if (before instanceof Verdict.Deny) {
          continue;
        }
        Reservation reservation = bounded.call(call, () -> rule.reserve(call));
        Optional<Verdict.Deny> refusal = Objects.requireNonNull(reservation.refusal());
        check(refusal.isEmpty(), "reserve refuses what evaluate has just permitted: " + call);
        Objects.requireNonNull(reservation.usage());
        bounded.call(
            call,
            () -> {
              reservation.settle(outcome);
              return true;
            });
        if (outcome instanceof Outcome.NotDelivered) {
          same(call, before, evaluate(rule, call));
        }
      }
    }
    rule.close();
  }

  private static List<Outcome> outcomes(boolean readsResults) {
    Optional<JsonNode> result =
        readsResults ? Optional.of(JsonNodeFactory.instance.objectNode()) : Optional.empty();
    return List.of(
        new Outcome.NotDelivered(),
        new Outcome.TransportFailed(),
        new Outcome.Cancelled(),
        new Outcome.ProtocolError(-32603),
        new Outcome.Answered(true, result),
        new Outcome.Answered(false, result));
  }

  private void leavesNothingRunning(String config) throws Exception {
    // What is made once for all rules of a plugin is there after the first.
    useAndClose(config);
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    useAndClose(config);
    bounded.awaitEnd(before);
  }

  private void useAndClose(String config) throws Exception {
    Rule rule = bench().rule(config);
    for (TestCall call : calls) {
      evaluate(rule, call);
    }
    for (int i = 0; i < 2; i++) { // closing twice is closing once
      bounded.call(
          "close",
          () -> {
            rule.close();
            return true;
          });
    }
  }

  private Verdict evaluate(Rule rule, TestCall call) throws Exception {
    return bounded.call(call, () -> rule.evaluate(call));
  }

  private static void same(Object what, Verdict expected, Verdict found) {
    check(
        expected.equals(found), "it says to %s first %s, then %s".formatted(what, expected, found));
  }

  private static void check(boolean holds, String otherwise) {
    Configs.check(holds, otherwise);
  }
}
