package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTableTest {
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  @TempDir Path folder;
  private EmbeddedState state;
  private EmbeddedState otherProcess;

  @BeforeEach
  void open() {
    state = EmbeddedState.open(folder, () -> NOW);
    otherProcess = EmbeddedState.open(folder, () -> NOW);
  }

  @AfterEach
  void close() {
    state.close();
    otherProcess.close();
  }

  private static StoredAdminToken token(String name, String digit) {
    return new StoredAdminToken(
        name,
        "approver",
        digit.repeat(64),
        NOW,
        Optional.of(NOW.plusSeconds(60)),
        Optional.empty());
  }

  @Test
  void keepsEveryPartOfATokenForOtherProcesses() {
    assertThat(state.adminTokens().add(token("bob", "2"))).isTrue();
    assertThat(state.adminTokens().add(token("ann", "1"))).isTrue();

    assertThat(otherProcess.adminTokens().list())
        .containsExactly(token("ann", "1"), token("bob", "2"));
    assertThat(otherProcess.adminTokens().find("2".repeat(64))).contains(token("bob", "2"));
    assertThat(otherProcess.adminTokens().find("3".repeat(64))).isEmpty();
  }

  @Test
  void aNameIsTakenOnceEvenWhenItsTokenIsRevoked() {
    state.adminTokens().add(token("ann", "1"));

    assertThat(otherProcess.adminTokens().revoke("ann", NOW)).isTrue();
    assertThat(state.adminTokens().revoke("ann", NOW)).isFalse();
    assertThat(state.adminTokens().add(token("ann", "2"))).isFalse();
    assertThat(state.adminTokens().find("1".repeat(64)).orElseThrow().valid(NOW)).isFalse();
  }

  @Test
  void aTokenIsGoodUntilItExpires() {
    assertThat(token("ann", "1").valid(NOW.plusSeconds(59))).isTrue();
    assertThat(token("ann", "1").valid(NOW.plusSeconds(60))).isFalse();
  }

  @Test
  void theFirstTokenIsAddedOnlyWhereNoneIsGood() {
    assertThat(state.adminTokens().addFirst(token("first", "1"), NOW)).isTrue();
    assertThat(otherProcess.adminTokens().addFirst(token("second", "2"), NOW)).isFalse();

    assertThat(otherProcess.adminTokens().addFirst(token("second", "2"), NOW.plusSeconds(60)))
        .isTrue();
  }

  @Test
  void allProcessesHaveOneMarkAndOtherStoresAnother(@TempDir Path elsewhere) {
    String store = state.adminTokens().store();

    assertThat(store).matches("[0-9a-f]{8}");
    assertThat(otherProcess.adminTokens().store()).isEqualTo(store);
    try (EmbeddedState other = EmbeddedState.open(elsewhere, () -> NOW)) {
      assertThat(other.adminTokens().store()).isNotEqualTo(store);
    }
  }
}
