package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OldGenerationTest {
  private static final long MB = 1024 * 1024;

  private long used;
  private long live;
  private int collections;

  private final OldGeneration generation =
      new OldGeneration(
          () -> used,
          () -> {
            collections++;
            used = live;
          });

  private void holds(long megabytes, long ofWhichLive) {
    used = megabytes * MB;
    live = ofWhichLive * MB;
    generation.look();
  }

  @Test
  void collectsWhenMuchHasDied() {
    holds(30, 22);
    holds(48, 22);
    assertThat(collections).isZero();

    holds(49, 22);
    assertThat(collections).isOne();
    assertThat(used).isEqualTo(22 * MB);
  }

  @Test
  void letsItGrowByWhatItNeeds() {
    holds(400, 390);
    assertThat(collections).isOne();

    holds(780, 770);
    assertThat(collections).isOne();
    holds(781, 770);
    assertThat(collections).isEqualTo(2);
    holds(1_540, 30);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void letsLittleLie() {
    holds(49, 10);
    for (int i = 0; i < 10; i++) {
      holds(58, 10);
    }
    assertThat(collections).isOne();
  }
}
