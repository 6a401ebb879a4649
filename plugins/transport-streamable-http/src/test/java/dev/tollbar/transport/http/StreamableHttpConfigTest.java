package dev.tollbar.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamableHttpConfigTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no url|a URL such as \"https://tickets.example/mcp\"; found \"no url\"",
        "ftp://a/|a URL that begins with http:// or https://; found \"ftp://a/\"",
        "tickets.example/mcp|a URL that begins with http:// or https://; found \"tickets.example/mcp\"",
        "https://me:pw@a/|a URL without a user name; use headers; found one with a user name",
        "https:///mcp|a URL with a host, and a port from 1 to 65535 if any; found \"https:///mcp\"",
        "https://a_b/|a URL with a host, and a port from 1 to 65535 if any; found \"https://a_b/\"",
        "http://a:70000/|a URL with a host, and a port from 1 to 65535 if any; found \"http://a:70000/\"",
        "http://a/#top|a URL without a fragment; found \"http://a/#top\"",
      })
  void saysWhatAUrlLacks(String url, String rest) {
    assertThatThrownBy(() -> Fixture.config(url))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("url: expected " + rest);
  }

  @Test
  void reportsAllProblemsAtOnceAndNoSecret() {
    assertThatThrownBy(() ->
            new StreamableHttpConfig(
                "x",
                Map.of(
                    "Host", new Secret("a"),
                    "a b", new Secret("b"),
                    "X-Key", new Secret("s3cret\nX: y")),
                Duration.ZERO,
                Optional.of(Duration.ofDays(2)),
                Optional.of(Duration.ofMillis(-1)),
                0,
                0,
                10,
                1))
        .hasMessage(
            """
            url: expected a URL that begins with http:// or https://; found "x"
            headers/Host: expected a header that the gateway does not set itself; found "Host"
            headers/X-Key: expected printable ASCII characters on one line, without spaces around them; found a value with others
            headers: expected header names such as "Authorization"; found "a b"
            connect_timeout: expected a duration from "1ms" to "1d"; found 0 ms
            first_byte_timeout: expected a duration from "1ms" to "1d"; found 172800000 ms
            idle_timeout: expected a duration from "1ms" to "1d"; found -1 ms
            max_connections: expected a whole number from 1 to 65536; found 0
            max_streams: expected a whole number from 1 to 65536; found 0
            max_header_bytes: expected a whole number from 1024 to 1048576; found 10
            max_reply_bytes: expected a whole number from 1024 to 1099511627776; found 1\
            """);
  }

  @Test
  void leavesHeadersOfMcpToTheGateway() {
    assertThatThrownBy(() ->
            Fixture.config(
                "http://a/",
                Map.of("mcp-session-id", new Secret("a"), "Mcp-Param-Region", new Secret("b"))))
        .hasMessage(
            """
            headers/Mcp-Param-Region: expected a header that the gateway does not set itself; found "Mcp-Param-Region"
            headers/mcp-session-id: expected a header that the gateway does not set itself; found "mcp-session-id"\
            """);
  }

  @Test
  void refusesOneHeaderInTwoSpellings() {
    assertThatThrownBy(() ->
            Fixture.config("http://a/", Map.of("X-Key", new Secret("a"), "x-key", new Secret("b"))))
        .hasMessage("headers/x-key: expected each header once; found \"x-key\" in two spellings");
  }

  @Test
  void knowsWhereAUrlPoints() {
    assertThat(Endpoint.of("https://tickets.example"))
        .isEqualTo(new Endpoint(true, "tickets.example", 443, "/", "tickets.example"));
    assertThat(Endpoint.of("http://[::1]:8080/a?b=c"))
        .isEqualTo(new Endpoint(false, "::1", 8080, "/a?b=c", "[::1]:8080"));
    assertThat(Endpoint.of("http://a/ü").target()).isEqualTo("/%C3%BC");
  }
}
