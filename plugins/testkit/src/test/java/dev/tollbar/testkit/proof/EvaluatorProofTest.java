package dev.tollbar.testkit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Policy;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two evaluators that share no code say the same of random calls under random documents: decision,
 * rule, text, and what every rule said. {@code -Dproof.cases=1000000} asks for more of them, {@code
 * -Dproof.seed=N} for those of another run.
 */
class EvaluatorProofTest {
  private static final int CALLS_A_DOCUMENT = 50;

  /** The same when a failure is tried again. */
  private static final long SEED = Long.getLong("proof.seed", new Random().nextLong());

  @Test
  void twoEvaluatorsAgree(@TempDir Path folder) throws Exception {
    long cases = Long.getLong("proof.cases", 20_000);
    System.out.println("evaluator proof: " + cases + " cases, -Dproof.seed=" + SEED);
    RandomPolicies random = new RandomPolicies(SEED);
    TreeMap<String, Integer> kinds = new TreeMap<>();
    try (Generation generation = Proof.load(folder)) {
      Proof proof = new Proof(generation, folder);
      for (long done = 0; done < cases; done += CALLS_A_DOCUMENT) {
        ObjectNode document = random.document();
        try (Revision revision = loaded(proof.read(Proof.bytes(document)), document, SEED)) {
          Policy policy = Objects.requireNonNull(revision.policies().get("p"));
          for (int i = 0; i < CALLS_A_DOCUMENT; i++) {
            Situation situation = random.situation();
            Said said = Proof.decide(policy, situation);
            assertThat(said)
                .as("seed %s\n%s\n%s", SEED, document, situation)
                .isEqualTo(NaivePolicy.decide(document, situation));
            kinds.merge(said.decision().split(" \\|", 2)[0].split(" \\[", 2)[0], 1, Integer::sum);
          }
        }
      }
    }
    System.out.println("evaluator proof: " + kinds);
    assertThat(kinds)
        .as("what was decided")
        .containsKeys(
            "permit",
            "ask",
            "deny rule",
            "deny hidden",
            "deny default_deny",
            "deny limit",
            "deny rule_error");
  }

  private static Revision loaded(Reading reading, ObjectNode document, long seed) {
    return switch (reading) {
      case Reading.Loaded loaded -> loaded.revision();
      case Reading.Rejected rejected ->
          fail("seed %s\n%s\n%s".formatted(seed, document, rejected.text()));
    };
  }
}
