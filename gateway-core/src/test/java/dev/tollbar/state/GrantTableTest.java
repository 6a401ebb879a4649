package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrantTableTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path folder;
  private EmbeddedState state;
  private EmbeddedState otherProcess;
  private Grants grants;

  @BeforeEach
  void open() {
    state = EmbeddedState.open(folder, () -> NOW);
    otherProcess = EmbeddedState.open(folder, () -> NOW);
    grants = state.grants();
  }

  @AfterEach
  void close() {
    state.close();
    otherProcess.close();
  }

  @Test
  void keepsEveryPartOfAGrant() {
    StoredGrant plain =
        new StoredGrant(
            "a", "1".repeat(64), Map.of(), Map.of(), NOW, Optional.empty(), Optional.empty());

    assertThat(grants.add(Samples.grant("laptop", NOW))).isTrue();
    assertThat(grants.add(plain)).isTrue();

    assertThat(grants.list()).isEqualTo(List.of(plain, Samples.grant("laptop", NOW)));
  }

  @Test
  void aNameIsTakenOnceEvenWhenItsGrantIsRevoked() {
    grants.add(Samples.grant("laptop", NOW));

    assertThat(otherProcess.grants().add(Samples.grant("laptop", NOW))).isFalse();
    grants.revoke("laptop", NOW);
    assertThat(grants.add(Samples.grant("laptop", NOW))).isFalse();
    assertThat(grants.list()).hasSize(1);
  }

  @Test
  void revokesOnceAndKeepsTheFirstTime() {
    grants.add(Samples.grant("laptop", NOW));

    assertThat(otherProcess.grants().revoke("laptop", NOW.plusSeconds(1))).isTrue();
    assertThat(grants.revoke("laptop", NOW.plusSeconds(2))).isFalse();
    assertThat(grants.revoke("desktop", NOW)).isFalse();
    assertThat(grants.list().getFirst().revoked()).contains(NOW.plusSeconds(1));
  }

  @Test
  void theVersionChangesWithEveryChangeByAnyProcessAndWithNothingElse() {
    assertThat(grants.version()).isZero();
    grants.add(Samples.grant("laptop", NOW));
    long added = grants.version();
    grants.add(Samples.grant("laptop", NOW));
    grants.revoke("desktop", NOW);
    grants.list();
    assertThat(grants.version()).isEqualTo(added);

    otherProcess.grants().add(Samples.grant("desktop", NOW));
    long another = grants.version();
    otherProcess.grants().revoke("laptop", NOW);

    assertThat(List.of(0L, added, another, grants.version())).doesNotHaveDuplicates();
    assertThat(otherProcess.grants().version()).isEqualTo(grants.version());
  }
}
