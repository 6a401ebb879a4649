package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.document.ByteSize;
import dev.tollbar.document.CapacityTerms;
import dev.tollbar.http.ConnectionTerms;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CapacityBoundsTest {
  private final Capacity capacity = new Capacity();

  private static CapacityTerms terms(Optional<ByteSize> bodies, Optional<Integer> connections) {
    return new CapacityTerms(
        2,
        bodies,
        connections,
        3,
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(4),
        Duration.ofSeconds(5));
  }

  @Test
  void isWhatTheDocumentSays() throws Exception {
    capacity.adjust(terms(Optional.of(new ByteSize(6_000)), Optional.of(7)));

    assertThat(capacity.ofClients())
        .isEqualTo(
            new ConnectionTerms(
                7,
                3,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                6_000));
    capacity.calls().enter();
    assertThat(capacity.calls().calls()).isEqualTo(1);
  }

  @Test
  void leavesFilesForServersWhateverTheDocumentSays() {
    capacity.adjust(terms(Optional.empty(), Optional.of(1_000_000)));

    assertThat(capacity.ofClients().connections()).isLessThanOrEqualTo(Capacity.mostConnections());
  }

  @Test
  void holdsBodiesByTheMemoryThereIs() {
    capacity.adjust(terms(Optional.empty(), Optional.empty()));

    assertThat(capacity.ofClients().bodies())
        .isEqualTo(Math.max(8 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 16));
  }

  @Test
  void hasRoomForOperatorsHoweverFullItIsOfClients() {
    capacity.adjust(terms(Optional.of(new ByteSize(1)), Optional.of(1)));

    assertThat(capacity.ofOperators().connections()).isEqualTo(512);
    assertThat(capacity.ofOperators().bodies()).isEqualTo(8L * 1024 * 1024);
    assertThat(capacity.ofOperators().head()).isEqualTo(Duration.ofSeconds(1));
  }
}
