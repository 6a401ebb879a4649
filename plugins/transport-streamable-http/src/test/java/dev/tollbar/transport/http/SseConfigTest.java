package dev.tollbar.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SseConfigTest {

  @Test
  void reportsAllProblemsAtOnceAndNoSecret() {
    assertThatThrownBy(() ->
            new SseConfig(
                "x",
                Map.of("Host", new Secret("s3cret")),
                Duration.ZERO,
                Optional.of(Duration.ofDays(2)),
                Optional.of(Duration.ofMillis(-1)),
                0,
                70_000,
                10,
                1))
        .hasMessage(
            """
            url: expected a URL that begins with http:// or https://; found "x"
            headers/Host: expected a header that the gateway does not set itself; found "Host"
            connect_timeout: expected a duration from "1ms" to "1d"; found 0 ms
            first_byte_timeout: expected a duration from "1ms" to "1d"; found 172800000 ms
            idle_timeout: expected a duration from "1ms" to "1d"; found -1 ms
            max_connections: expected a whole number from 1 to 65536; found 0
            max_streams: expected a whole number from 1 to 65536; found 70000
            max_header_bytes: expected a whole number from 1024 to 1048576; found 10
            max_event_bytes: expected a whole number from 1024 to 1073741824; found 1\
            """);
  }

  @Test
  void isTheKindForOldServers() {
    SseKind kind = new SseKind();
    assertThat(kind.name()).isEqualTo("sse");
    assertThat(kind.configType()).isEqualTo(SseConfig.class);
  }
}
