package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutboxTest {
  private final Outbox outbox = new Outbox();

  @Test
  void dropsTheOldestWhileNobodyListens() throws Exception {
    for (int i = 0; i < 1_003; i++) {
      outbox.add(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }

    try (EventStream events = outbox.listen()) {
      assertThat(LegacyClient.next(events)).isEqualTo("3");
    }
  }

  @Test
  void makesTheServerWaitForAClientThatListens() throws Exception {
    try (EventStream events = outbox.listen()) {
      FutureTask<Boolean> saying =
          new FutureTask<>(() -> {
            for (int i = 0; i < 3_000; i++) {
              outbox.add(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
            }
            return true;
          });
      Thread.ofVirtual().start(saying);

      for (int i = 0; i < 3_000; i++) {
        assertThat(LegacyClient.next(events)).isEqualTo(Integer.toString(i));
      }
      assertThat(saying.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void letsGoOfAServerThatWaitsForAClientThatLeaves() throws Exception {
    EventStream events = outbox.listen();
    FutureTask<Boolean> saying =
        new FutureTask<>(() -> {
          for (int i = 0; i < 3_000; i++) {
            outbox.add(new byte[] {'1'});
          }
          return true;
        });
    Thread.ofVirtual().start(saying);
    LegacyClient.next(events);

    events.close();

    assertThat(saying.get(20, TimeUnit.SECONDS)).isTrue();
  }
}
