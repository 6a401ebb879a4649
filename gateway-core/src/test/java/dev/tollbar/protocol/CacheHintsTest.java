package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP 2026-07-28, server/utilities/caching. */
class CacheHintsTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String kept(String response) throws IOException {
    return new String(CacheHints.keepPrivate(bytes(response)), StandardCharsets.UTF_8);
  }

  private static String discovered(String response) throws IOException {
    return new String(CacheHints.discovered(bytes(response)), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"public\" | \"private\"",
        "\"p\\u0075blic\" | \"private\"",
        "\"pr\\u0069vate\" | \"pr\\u0069vate\"",
        "\"private\" | \"private\"",
        "\"PRIVATE\" | \"private\"",
        "\"\" | \"private\"",
        "null | \"private\"",
        "true | \"private\"",
        "{\"x\":[1]} | \"private\"",
      })
  void changesTheScopeAndNoOtherByte(String scope, String shown) throws Exception {
    String response =
        "{ \"id\" : 1.0e0 ,\"result\":{\"é\":\"\\u00e9\",\r\n\"cacheScope\" :\t%s ,\"ttlMs\":5.0,"
            + "\"tools\":[{\"cacheScope\":\"public\"}]},\"jsonrpc\":\"2.0\"}\n";

    assertThat(kept(response.replace("1.0e0", "1").formatted(scope)))
        .isEqualTo(response.replace("1.0e0", "1").formatted(shown));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"cacheScope\",\"public\"]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"cacheScope\":\"public\",\"result\":{\"a\":"
            + "{\"cacheScope\":\"public\"}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"\",\"data\":"
            + "{\"cacheScope\":\"public\"}}}",
      })
  void changesNothingWhereThereIsNoScope(String response) throws Exception {
    byte[] bytes = bytes(response);

    assertThat(CacheHints.keepPrivate(bytes)).isSameAs(bytes);
  }

  @Test
  void namesTheRevisionsThatTheGatewayServes() throws Exception {
    assertThat(
            discovered(
                "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"result\":{ \"supportedVersions\" :[\"2026-07-28\""
                    + ", \"2027-01-01\"],\"capabilities\":{\"x\":1.50},\"cacheScope\":\"public\","
                    + "\"ttlMs\":1}}"))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"result\":{ \"supportedVersions\" :[\"2026-07-28\""
                + "],\"capabilities\":{\"x\":1.50},\"cacheScope\":\"private\",\"ttlMs\":1}}");
  }

  @Test
  void discoversNothingThatIsNotThere() throws Exception {
    String response = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"capabilities\":{}}}";

    assertThat(discovered(response)).isEqualTo(response);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"cacheScope\":\"private\",\"cacheScope\":"
            + "\"public\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"cacheScope\":\"private\",\"cache\\u0053cope\":"
            + "\"public\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}",
        "<html>",
      })
  void keepsNothingThatCanBeReadInTwoWays(String response) {
    assertThatThrownBy(() -> kept(response)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> discovered(response)).isInstanceOf(IOException.class);
  }
}
