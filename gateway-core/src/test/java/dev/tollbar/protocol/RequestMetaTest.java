package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP 2026-07-28: what a request says of itself. */
class RequestMetaTest {
  private static final String VERSION =
      "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"";
  private static final String CAPABILITIES = "\"io.modelcontextprotocol/clientCapabilities\":{}";

  private static Message with(String params) throws MalformedMessageException {
    return StrictParser.parse(
        ("{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"tools/list\"" + params + "}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Message meta(String members) throws MalformedMessageException {
    return with(",\"params\":{\"_meta\":{" + members + "}}");
  }

  @Test
  void readsWhatIsThere() throws Exception {
    RequestMeta meta =
        RequestMeta.of(
            meta(
                VERSION
                    + ",\"io.modelcontextprotocol/clientCapabilities\":{\"sampling\":{}}"
                    + ",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"n\"}"
                    + ",\"io.modelcontextprotocol/logLevel\":\"debug\",\"progressToken\":1"));

    assertThat(meta.protocolVersion()).isEqualTo("2026-07-28");
    assertThat(meta.clientCapabilities().has("sampling")).isTrue();
    assertThat(meta.clientInfo().map(JsonNode::toString)).contains("{\"name\":\"n\"}");
    assertThat(meta.logLevel()).contains("debug");
  }

  @Test
  void needsNoMoreThanVersionAndCapabilities() throws Exception {
    RequestMeta meta = RequestMeta.of(meta(VERSION + "," + CAPABILITIES));

    assertThat(meta.clientInfo()).isEmpty();
    assertThat(meta.logLevel()).isEmpty();
  }

  @Test
  void readsVersionsThatNobodyServes() throws Exception {
    RequestMeta meta =
        RequestMeta.of(
            meta("\"io.modelcontextprotocol/protocolVersion\":\"tomorrow\"," + CAPABILITIES));

    assertThat(meta.protocolVersion()).isEqualTo("tomorrow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2026-07-28\"", "5", "null", "{}"})
  void isClaimedByTheVersionHoweverMalformed(String version) throws Exception {
    assertThat(
            RequestMeta.isClaimedBy(meta("\"io.modelcontextprotocol/protocolVersion\":" + version)))
        .isTrue();
  }

  @Test
  void isNotClaimedByAnythingElse() throws Exception {
    assertThat(RequestMeta.isClaimedBy(with(""))).isFalse();
    assertThat(RequestMeta.isClaimedBy(with(",\"params\":{}"))).isFalse();
    assertThat(RequestMeta.isClaimedBy(meta(CAPABILITIES))).isFalse();
    assertThat(RequestMeta.isClaimedBy(meta("\"progressToken\":1"))).isFalse();
    assertThat(RequestMeta.isClaimedBy(with(",\"params\":{" + VERSION + "}"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CAPABILITIES | META_VERSION",
        "VERSION | META_CAPABILITIES",
        "\"io.modelcontextprotocol/protocolVersion\":20260728,CAPABILITIES | META_VERSION",
        "\"io.modelcontextprotocol/protocolVersion\":null,CAPABILITIES | META_VERSION",
        "VERSION,\"io.modelcontextprotocol/clientCapabilities\":null | META_CAPABILITIES",
        "VERSION,\"io.modelcontextprotocol/clientCapabilities\":[] | META_CAPABILITIES",
        "VERSION,\"io.modelcontextprotocol/clientCapabilities\":\"all\" | META_CAPABILITIES",
        "VERSION,CAPABILITIES,\"io.modelcontextprotocol/clientInfo\":\"me\" | META_CLIENT_INFO",
        "VERSION,CAPABILITIES,\"io.modelcontextprotocol/clientInfo\":null | META_CLIENT_INFO",
        "VERSION,CAPABILITIES,\"io.modelcontextprotocol/logLevel\":3 | META_LOG_LEVEL",
        "VERSION,CAPABILITIES,\"io.modelcontextprotocol/logLevel\":null | META_LOG_LEVEL",
      })
  void refusesWhatIsMissingOrMalformed(String members, Fault fault) throws Exception {
    Message message =
        meta(members.replace("VERSION", VERSION).replace("CAPABILITIES", CAPABILITIES));

    MalformedMessageException refused =
        catchThrowableOfType(MalformedMessageException.class, () -> RequestMeta.of(message));

    assertThat(refused.fault()).isEqualTo(fault);
    assertThat(refused.code()).isEqualTo(-32602);
    assertThat(refused.id()).isEqualTo(Optional.of(MessageId.text("7")));
  }
}
