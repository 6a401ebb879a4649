package dev.tollbar.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.Call;
import dev.tollbar.api.Verdict;
import dev.tollbar.document.Revision;
import dev.tollbar.policy.ArgumentCheck.Finding;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.Warmup;

/** What a decision costs, by the size of the policy. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecisionBenchmark {

  /** Entries of the policy, rules of each, and whether their names are patterns. */
  @Param({"1 x 5", "1000 x 5", "1000 x 5 patterns", "10000 x 5", "1 x 1", "1 x 100"})
  String policy = "1 x 5";

  private Optional<Revision> revision = Optional.empty();
  private Optional<Policy> read = Optional.empty();
  private Call call = payment("tool_0_");

  /** The policy, read as a document. */
  @Setup
  public void read() {
    String[] words = policy.split(" ", 4);
    int tools = Integer.parseInt(words[0]);
    Revision fresh =
        Policies.read(
            Policies.document(tools, Integer.parseInt(words[2]), policy.endsWith("patterns")));
    revision = Optional.of(fresh);
    read = Optional.of(Objects.requireNonNull(fresh.policies().get("p")));
    call = payment(Policies.name(tools / 2));
    if (!(decide() instanceof Decision.Permitted)) {
      throw new IllegalStateException("the policy does not permit: " + decide());
    }
  }

  /** Closes the rules. */
  @TearDown
  public void close() {
    revision.orElseThrow().close();
  }

  /** One call, of a tool in the middle of the policy, which every rule permits. */
  @Benchmark
  public Decision decide() {
    return read.orElseThrow()
        .decide(call, Section.TOOLS, _ -> new Finding.Fits(), DecisionBenchmark::evaluate);
  }

  private static Verdict evaluate(ConfiguredRule rule, Call call) {
    try {
      return rule.rule().evaluate(call);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Call payment(String tool) {
    return new BenchCall(
        tool, JsonNodeFactory.instance.objectNode().put("amount", 50).put("reason", "late"));
  }
}
