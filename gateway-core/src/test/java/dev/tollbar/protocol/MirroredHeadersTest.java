package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MCP 2026-07-28, basic/transports: what headers repeat of the body. */
class MirroredHeadersTest {
  private static final List<HeaderParam> REGION =
      List.of(new HeaderParam("Mcp-Param-Region", List.of("where", "region")));

  private static Message call(String name, String arguments) throws MalformedMessageException {
    return StrictParser.parse(
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\""
                + name
                + "\",\"arguments\":"
                + arguments
                + "}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static MirroredHeaders said(String method, String name, Map<String, String> params) {
    return new MirroredHeaders(Optional.of(method), Optional.of(name), params);
  }

  private static JsonNode schema(String json) throws Exception {
    return new ObjectMapper().readTree(json);
  }

  @Test
  void acceptsWhatSaysWhatTheBodySays() throws Exception {
    Message message = call("grüße", "{\"where\":{\"region\":\"eu\"}}");

    assertThat(
            said(" tools/call ", "=?base64?Z3LDvMOfZQ==?=", Map.of("mcp-param-region", "eu"))
                .problem(message, Optional.of(REGION)))
        .isEmpty();
    assertThat(MirroredHeaders.of(message, REGION))
        .isEqualTo(
            Map.of(
                "Mcp-Method", "tools/call",
                "Mcp-Name", "=?base64?Z3LDvMOfZQ==?=",
                "Mcp-Param-Region", "eu"));
  }

  @Test
  void namesTheHeaderThatIsMissingOrDiffers() throws Exception {
    Message message = call("pay", "{\"where\":{\"region\":\"eu\"}}");
    Optional<List<HeaderParam>> known = Optional.of(REGION);

    assertThat(MirroredHeaders.none().problem(message, known))
        .contains("Header Mcp-Method is missing.");
    assertThat(said("Tools/call", "pay", Map.of()).problem(message, known))
        .contains("Header Mcp-Method is not the method of the body.");
    assertThat(
            new MirroredHeaders(Optional.of("tools/call"), Optional.empty(), Map.of())
                .problem(message, known))
        .contains("Header Mcp-Name is missing.");
    assertThat(said("tools/call", "read", Map.of()).problem(message, known))
        .contains("Header Mcp-Name does not name what the body names.");
    assertThat(said("tools/call", "=?base64?!!!?=", Map.of()).problem(message, known))
        .contains("Header Mcp-Name does not name what the body names.");
    assertThat(said("tools/call", "pay", Map.of()).problem(message, known))
        .contains("Header Mcp-Param-Region is missing.");
    assertThat(said("tools/call", "pay", Map.of("mcp-param-region", "us")).problem(message, known))
        .contains("Header Mcp-Param-Region is not the argument of the body.");
    assertThat(
            said("tools/call", "pay", Map.of("mcp-param-region", "us"))
                .problem(call("pay", "{}"), known))
        .contains("Header Mcp-Param-Region is not the argument of the body.");
  }

  @Test
  void saysNothingOfParamsOfAToolThatIsNotKnown() throws Exception {
    Message message = call("pay", "{\"where\":{\"region\":\"eu\"}}");
    MirroredHeaders headers = said("tools/call", "pay", Map.of("mcp-param-region", "us"));

    assertThat(headers.problem(message, Optional.empty())).isEmpty();
    assertThat(headers.passedOn(message, List.of())).containsEntry("mcp-param-region", "us");
  }

  @Test
  void passesOnWhatIsUnknownBesideWhatItMakesItself() throws Exception {
    Message message = call("pay", "{\"where\":{\"region\":\"eu\"}}");
    MirroredHeaders headers =
        said("tools/call", "pay", Map.of("mcp-param-region", "eu", "mcp-param-new", " x "));

    assertThat(headers.passedOn(message, REGION))
        .isEqualTo(
            Map.of(
                "Mcp-Method", "tools/call",
                "Mcp-Name", "pay",
                "Mcp-Param-Region", "eu",
                "mcp-param-new", "x"));
  }

  @ParameterizedTest
  @CsvSource({
    "eu,eu",
    "' eu','=?base64?IGV1?='",
    "=?base64?ZXU=?=,=?base64?PT9iYXNlNjQ/WlhVPT89?="
  })
  void encodesWhatAHeaderCannotCarry(String text, String header) {
    assertThat(HeaderText.encode(text)).isEqualTo(header);
    assertThat(HeaderText.decode(header)).contains(text);
  }

  @Test
  void findsAnnotatedArgumentsHoweverDeep() throws Exception {
    JsonNode schema =
        schema(
            "{\"properties\":{\"where\":{\"properties\":{\"region\":"
                + "{\"type\":\"string\",\"x-mcp-header\":\"Region\"}}},\"n\":{\"type\":\"integer\"}}}");

    assertThat(HeaderParam.of(schema)).isEqualTo(REGION);
  }

  @Test
  void believesNoAnnotationOfASchemaThatHasAnInvalidOne() throws Exception {
    for (String bad :
        List.of(
            "{\"type\":\"number\",\"x-mcp-header\":\"B\"}",
            "{\"type\":\"string\",\"x-mcp-header\":\"a\"}",
            "{\"type\":\"string\",\"x-mcp-header\":\"\"}",
            "{\"type\":\"string\",\"x-mcp-header\":\"a b\"}")) {
      String json =
          "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},\"b\":" + bad + "}}";
      assertThat(HeaderParam.of(schema(json))).as(bad).isEmpty();
    }
  }
}
