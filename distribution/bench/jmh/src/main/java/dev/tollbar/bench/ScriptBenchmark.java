package dev.tollbar.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.Call;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import dev.tollbar.rule.script.ByteSize;
import dev.tollbar.rule.script.Isolation;
import dev.tollbar.rule.script.ScriptConfig;
import dev.tollbar.rule.script.ScriptKind;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a script costs a call, from the rule's side: the way to its worker and back included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(1)
public class ScriptBenchmark {
  private static final String REFUND =
      """
      const FREE = 100;
      const CEILING = 1000;
      export default (call) => {
        const { amount, reason } = call.args;
        if (typeof amount !== "number" || !(amount > 0)) return "amount must be a number above 0.";
        if (typeof reason !== "string" || reason.trim() === "") return "Give a reason for the refund.";
        if (amount > CEILING) return `Refunds above ${CEILING} are made by finance.`;
        if (amount > FREE) return ask({ reason: `Refund of ${amount}: ${reason}`, within: "30m" });
        return true;
      };
      """;

  @Param({"thread", "process"})
  String isolation = "thread";

  /** Characters of an argument that the script does not look at. */
  @Param({"300", "10000"})
  int payload = 300;

  private Rule rule = call -> Verdict.permit();
  private Call call = refund(0);

  /** The script, loaded and called once. */
  @Setup
  public void load() throws InterruptedException {
    rule = create();
    call = refund(payload);
    if (!(rule.evaluate(call) instanceof Verdict.Permit)) {
      throw new IllegalStateException("the script does not permit");
    }
  }

  /** Frees its contexts. */
  @TearDown
  public void close() {
    rule.close();
  }

  /** One caller. */
  @Benchmark
  public Verdict call() throws InterruptedException {
    return rule.evaluate(call);
  }

  /** 64 callers at once; the time is that of one call of one of them. */
  @Benchmark
  @Threads(64)
  public Verdict callsOf64() throws InterruptedException {
    return rule.evaluate(call);
  }

  /** Reading a document with one such rule: parsing, two contexts, and closing them. */
  @Benchmark
  public Rule loadAndClose() {
    Rule created = create();
    created.close();
    return created;
  }

  private Rule create() {
    return new ScriptKind()
        .create(
            new ScriptConfig(
                Optional.empty(),
                Optional.of(REFUND),
                Duration.ofSeconds(5),
                ByteSize.of(JsonNodeFactory.instance.textNode("64MB")),
                Isolation.of(
                    JsonNodeFactory.instance.textNode(isolation.toLowerCase(Locale.ROOT)))),
            new NoDocument());
  }

  /** A small refund, with an argument of some size beside. */
  static Call refund(int payload) {
    return new BenchCall(
        "create_refund",
        JsonNodeFactory.instance
            .objectNode()
            .put("amount", 50)
            .put("reason", "late")
            .put("text", "x".repeat(payload)));
  }
}
