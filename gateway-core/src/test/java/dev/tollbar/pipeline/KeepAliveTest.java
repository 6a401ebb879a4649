package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeepAliveTest {

  @Test
  void section519AnIdleStreamGetsCommentsAndNothingElseUntilItsClientLeaves() throws Exception {
    RecordingClient client = new RecordingClient();
    client.leaveAfter(100);
    CountDownLatch gone = new CountDownLatch(1);
    try (KeepAlive keepAlive = new KeepAlive(Duration.ofMillis(1))) {
      keepAlive.keep(ClientStream.to(client), gone::countDown);

      assertThat(gone.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(client.said()).hasSize(100).containsOnly(":\n\n");
  }
}
