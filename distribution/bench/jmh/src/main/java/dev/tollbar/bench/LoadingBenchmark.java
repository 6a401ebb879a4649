package dev.tollbar.bench;

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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What reading a document takes in a process that has just started, and so is not warm: as at a
 * start, or at the first reload.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 3)
@Fork(5)
public class LoadingBenchmark {

  @Param({"100", "1000", "10000"})
  int tools = 1000;

  private String document = "";

  /** The document's text, of five rules a tool. */
  @Setup
  public void write() {
    document = Policies.document(tools, 5, false);
  }

  /** From the file to a revision that can go live. */
  @Benchmark
  public int load() {
    try (var revision = Policies.read(document)) {
      return revision.policies().size();
    }
  }
}
