package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Verdict;
import dev.tollbar.state.EmbeddedState;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several limits of one call: it takes from all of them, or from none. */
class AllOrNoneTest {
  private static final int THREADS = 6;
  private static final List<Window> WINDOWS =
      List.of(Window.Calendar.DAY, new Window.Rolling(Duration.ofHours(1)), Window.Calendar.MINUTE);

  @TempDir private Path data;

  private record Quota(Counters counters, Limit limit) {
    Reservation reserve() {
      Reading reading = counters.take(limit, BigDecimal.ONE);
      if (!reading.admitted()) {
        return Reservation.refused(Verdict.overLimit("Full.", reading.retryAfter(), "0"));
      }
      return outcome -> {
        if (!(outcome instanceof Outcome.Answered)) {
          reading.ticket().orElseThrow().giveBack();
        }
      };
    }

    BigDecimal used() {
      return limit.max().subtract(counters.peek(limit, BigDecimal.ZERO).remaining());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void manyCallsAtOnceTakeFromAllLimitsOrFromNone(long seed) throws Exception {
    Random random = new Random(seed);
    List<Quota> quotas = new ArrayList<>();
    EmbeddedState state = EmbeddedState.open(data.resolve("state"), new SettableClock());
    FakeRule[] rules = new FakeRule[WINDOWS.size()];
    int smallest = Integer.MAX_VALUE;
    for (int i = 0; i < rules.length; i++) {
      int max = 15 + random.nextInt(40);
      smallest = Math.min(smallest, max);
      Quota quota = quota(state, i, max);
      quotas.add(quota);
      rules[i] = FakeRule.named("limit" + i).reserves(_ -> quota.reserve());
    }
    try (TestGateway gateway = TestGateway.in(data, TestGateway.policy(rules))) {
      gateway.knows("pay", "{}");
      List<Thread> threads = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = 1_000 * thread;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 1; i <= 20; i++) {
                    gateway.modern().send(ModernClient.pay(first + i));
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      // A call may have been refused for one that was given back; alone, none is.
      for (int i = 0; i < smallest; i++) {
        gateway.modern().send(ModernClient.pay(10_000 + i));
      }

      int forwarded = gateway.upstream.requests().size();
      assertThat(forwarded).as("seed %s", seed).isEqualTo(smallest);
      assertThat(quotas)
          .as("seed %s", seed)
          .allSatisfy(quota ->
              assertThat(quota.used()).isEqualByComparingTo(BigDecimal.valueOf(forwarded)));
    }
  }

  private static Quota quota(EmbeddedState state, int number, int max) {
    return new Quota(
        state.counters("p", "/limits/" + number, false),
        new Limit(
            Optional.empty(),
            List.of("grant laptop"),
            "laptop",
            WINDOWS.get(number),
            BigDecimal.valueOf(max)));
  }
}
