package dev.tollbar.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackGuardTest {
  private final LoopbackGuard guard = new LoopbackGuard(List.of(), List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535"})
  void allowsTheNamesOfLoopback(String host) {
    assertThat(guard.hostAllowed(host)).isTrue();
    assertThat(guard.originAllowed(Optional.of("http://" + host))).isTrue();
    assertThat(guard.originAllowed(Optional.of("https://" + host))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " localhost",
        "localhost.",
        "localhost.evil.com",
        "evil.com",
        "evillocalhost",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:80:80",
        "localhost:8a",
        "localhost@evil.com",
        "user@localhost",
        "localhost,evil.com",
        "localhost/",
        "localhost#",
        "localhost\\evil.com",
        "127.0.0.1.nip.io",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "::1",
        "[::1",
        "[::1].evil.com",
        "[::1%25lo]",
        "[::ffff:127.0.0.1]",
        "lоcalhost"
      })
  void refusesEverythingElse(String host) {
    assertThat(guard.hostAllowed(host)).isFalse();
    assertThat(guard.originAllowed(Optional.of("http://" + host))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "",
        "localhost",
        "file://",
        "ftp://localhost",
        "http://localhost/",
        "http://localhost/path",
        "http://user@localhost",
        "http://localhost http://evil.com",
        "http:localhost",
        "chrome-extension://localhost"
      })
  void refusesOriginsThatAreNotSchemeAndHost(String origin) {
    assertThat(guard.originAllowed(Optional.of(origin))).isFalse();
  }

  @Test
  void allowsClientsThatSendNoOrigin() {
    assertThat(guard.originAllowed(Optional.empty())).isTrue();
  }

  @Test
  void allowsConfiguredHostsAndOriginsExactly() {
    LoopbackGuard more =
        new LoopbackGuard(
            List.of("Gateway.example", "other.example:8443"),
            List.of("https://app.example", "null"));

    assertThat(more.hostAllowed("gateway.example")).isTrue();
    assertThat(more.hostAllowed("gateway.EXAMPLE:9000")).isTrue();
    assertThat(more.hostAllowed("x.gateway.example")).isFalse();
    assertThat(more.hostAllowed("other.example:8443")).isTrue();
    assertThat(more.hostAllowed("other.example")).isFalse();
    assertThat(more.originAllowed(Optional.of("https://app.example"))).isTrue();
    assertThat(more.originAllowed(Optional.of("http://app.example"))).isFalse();
    assertThat(more.originAllowed(Optional.of("https://app.example:444"))).isFalse();
    assertThat(more.originAllowed(Optional.of("https://gateway.example"))).isFalse();
    assertThat(more.originAllowed(Optional.of("null"))).isFalse();
    assertThat(more.hostAllowed("localhost")).isTrue();
  }

  @Test
  void tellsLoopbackAddressesFromOthers() {
    assertThat(LoopbackGuard.isLoopback(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
    assertThat(LoopbackGuard.isLoopback(InetAddress.ofLiteral("::1"))).isTrue();
    assertThat(LoopbackGuard.isLoopback(InetAddress.ofLiteral("0.0.0.0"))).isFalse();
    assertThat(LoopbackGuard.isLoopback(InetAddress.ofLiteral("::"))).isFalse();
    assertThat(LoopbackGuard.isLoopback(InetAddress.ofLiteral("192.0.2.1"))).isFalse();
  }
}
