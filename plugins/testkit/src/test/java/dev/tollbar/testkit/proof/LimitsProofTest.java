package dev.tollbar.testkit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.pipeline.Metering;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Policy;
import dev.tollbar.state.MemoryCounters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls one after the other, of which some are still under way: each takes from limits, and gives
 * back by how it ends. Two evaluators that share no code say the same of each: decision, rule,
 * text, what every rule said, and what is left. {@code -Dproof.cases} and {@code -Dproof.seed} as
 * in {@link EvaluatorProofTest}.
 */
class LimitsProofTest {
  private static final int CALLS_A_DOCUMENT = 50;
  private static final long SEED = Long.getLong("proof.seed", new Random().nextLong());
  private static final Instant BEGIN = Instant.parse("2026-11-27T23:59:57.250Z");

  private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
  private final TreeMap<String, Integer> kinds = new TreeMap<>();

  /** A call that both evaluators know. */
  private record UnderWay(List<Reservation> reservations, List<NaiveLimits.Taken> taken) {}

  @Test
  void twoEvaluatorsAgree(@TempDir Path folder) throws Exception {
    long cases = Long.getLong("proof.cases", 20_000);
    System.out.println("limits proof: " + cases + " calls, -Dproof.seed=" + SEED);
    RandomLimits random = new RandomLimits(SEED);
    try (Generation generation = Proof.load(folder);
        RuleWatch watch = new RuleWatch(Duration.ofMinutes(1))) {
      for (long done = 0; done < cases; done += CALLS_A_DOCUMENT) {
        MemoryCounters counters = new MemoryCounters(clock::get);
        Proof proof = new Proof(generation, folder, clock::get, counters::counters);
        ObjectNode document = random.document();
        Reading reading = proof.read(Proof.bytes(document));
        assertThat(reading).as("seed %s\n%s", SEED, document).isInstanceOf(Reading.Loaded.class);
        try (Revision revision = ((Reading.Loaded) reading).revision()) {
          run(document, Objects.requireNonNull(revision.policies().get("p")), random, watch);
        }
      }
    }
    System.out.println("limits proof: " + kinds);
    assertThat(kinds)
        .as("what was decided")
        .containsKeys("permit", "ask", "deny rule", "deny limit", "settled");
  }

  private void run(ObjectNode document, Policy policy, RandomLimits random, RuleWatch watch) {
    clock.set(BEGIN);
    NaiveLimits limits = new NaiveLimits();
    List<UnderWay> open = new ArrayList<>();
    for (int i = 0; i < CALLS_A_DOCUMENT; i++) {
      clock.set(clock.get().plus(random.step()));
      while (!open.isEmpty() && random.once(3)) {
        settle(open.remove(random.one(open.size())), random.ending(), limits);
      }
      Situation situation = random.situation(clock.get());

      Proof.Made real = Proof.make(policy, situation, watch);
      NaivePolicy.Made naive = NaivePolicy.make(document, situation, limits);

      assertThat(real.said())
          .as("seed %s, call %d\n%s\n%s", SEED, i, document, situation)
          .isEqualTo(naive.said());
      count(real.said().decision().split(" \\|", 2)[0].split(" \\[", 2)[0]);
      UnderWay call = new UnderWay(real.reservations(), naive.taken());
      if (random.once(3)) {
        open.add(call);
      } else {
        settle(call, random.ending(), limits);
      }
    }
    open.forEach(call -> settle(call, random.ending(), limits));
  }

  private void settle(UnderWay call, RandomLimits.Ending ending, NaiveLimits limits) {
    Metering.settle(call.reservations(), outcome(ending));
    limits.settle(call.taken(), ending);
    count("settled");
  }

  private void count(String kind) {
    kinds.merge(kind, 1, Integer::sum);
  }

  private static Outcome outcome(RandomLimits.Ending ending) {
    return switch (ending) {
      case OK -> answered(false, "paid");
      case DECLINED -> answered(false, "declined");
      case TOOL_ERROR -> answered(true, "failed");
      case GONE -> new Outcome.NotDelivered();
      case BROKEN -> new Outcome.TransportFailed();
      case CANCELLED -> new Outcome.Cancelled();
      case PROTOCOL_ERROR -> new Outcome.ProtocolError(-32603);
    };
  }

  private static Outcome answered(boolean error, String status) {
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("isError", error);
    result.putObject("structuredContent").put("status", status);
    return new Outcome.Answered(error, Optional.of(result));
  }
}
