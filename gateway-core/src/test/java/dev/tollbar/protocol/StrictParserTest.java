package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictParserTest {
  private static final String DUPLICATE = "An object has two members of one name (at byte %d).";
  private static final String VARIANT =
      "A member name differs only in case or Unicode form from one that the protocol defines (at"
          + " byte %d).";
  private static final String ID =
      "Member \"id\" must be a string of at most 256 characters or a whole number of at most 30"
          + " digits.";
  private static final String JSON = "The message is not valid JSON (at byte %d).";
  private static final String UTF8 = "The message is not valid UTF-8 (at byte %d).";
  private static final String SURROGATE = "A string holds half of a surrogate pair (at byte %d).";
  private static final String TOKEN =
      "Member \"params._meta.progressToken\" must be a string of at most 256 characters or a whole"
          + " number of at most 30 digits.";
  private static final String NUMBER =
      "A number has more than 1000 characters or an exponent beyond 9999 (at byte %d).";
  private static final String SHAPE =
      "A message has exactly one of \"method\", \"result\", \"error\".";

  /** The string, read from ISO 8859-1 so that a row can hold any byte. */
  static Stream<Arguments> refused() {
    return Stream.of(
        // Not JSON
        row("", -32700, JSON.formatted(0)),
        row("  ", -32700, JSON.formatted(2)),
        row("{", -32700, JSON.formatted(1)),
        row("{\"id\":1", -32700, JSON.formatted(7)),
        row("{\"id\":1,}", -32700, JSON.formatted(8)),
        row("{'id':1}", -32700, JSON.formatted(1)),
        row("{id:1}", -32700, JSON.formatted(1)),
        row("{\"id\" 1}", -32700, JSON.formatted(6)),
        row("{\"a\":[1,]}", -32700, JSON.formatted(8)),
        row("{\"a\":[1 2]}", -32700, JSON.formatted(8)),
        row("{\"a\":NaN}", -32700, JSON.formatted(5)),
        row("{\"a\":Infinity}", -32700, JSON.formatted(5)),
        row("{\"a\":-Infinity}", -32700, JSON.formatted(6)),
        row("{\"a\":01}", -32700, JSON.formatted(6)),
        row("{\"a\":+1}", -32700, JSON.formatted(5)),
        row("{\"a\":.5}", -32700, JSON.formatted(5)),
        row("{\"a\":1.}", -32700, JSON.formatted(7)),
        row("{\"a\":1e}", -32700, JSON.formatted(7)),
        row("{\"a\":0x1}", -32700, JSON.formatted(6)),
        row("{\"a\":tru}", -32700, JSON.formatted(8)),
        row("{\"a\":nulll}", -32700, JSON.formatted(9)),
        row("{/**/}", -32700, JSON.formatted(1)),
        row("{\"a\":1}// x", -32700, "The message goes on after its end (at byte 7)."),
        row("{\"a\":1}{\"a\":2}", -32700, "The message goes on after its end (at byte 7)."),
        row("{\"a\":1}\0", -32700, "The message goes on after its end (at byte 7)."),
        row("{\"a\":\"\n\"}", -32700, JSON.formatted(6)),
        row("{\"a\":\"é\0\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\\x\"}", -32700, JSON.formatted(7)),
        row("{\"a\":\"\\u12g4\"}", -32700, JSON.formatted(10)),
        row("{\"a\":\"\\u0661\"".replace("0661", "Ù¡00") + "}", -32700, JSON.formatted(8)),
        row("{\"a\":\"open", -32700, JSON.formatted(10)),
        row("{\"a\":\u00A01}", -32700, JSON.formatted(5)),
        row(
            "\u00EF\u00BB\u00BF{}",
            -32700,
            "The message begins with a byte order mark (at byte 0)."),
        // Not UTF-8: bare continuation, overlong, encoded surrogate, beyond U+10FFFF, cut short
        row("{\"a\":\"\u0080\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00C0\u00AF\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00E0\u0080\u00AF\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00F0\u0080\u0080\u00AF\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00ED\u00A0\u0080\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00F4\u0090\u0080\u0080\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00F5\u0080\u0080\u0080\"}", -32700, UTF8.formatted(6)),
        row("{\"a\":\"\u00E2\u0082\"}", -32700, UTF8.formatted(6)),
        row("{\"\u00FF\":1}", -32700, UTF8.formatted(2)),
        row("{\"a\":\"\\ud800\"}", -32700, SURROGATE.formatted(6)),
        row("{\"a\":\"\\udc00\"}", -32700, SURROGATE.formatted(6)),
        row("{\"a\":\"\\ud800\\ud800\"}", -32700, SURROGATE.formatted(6)),
        row("{\"a\":\"\\ud800\\n\"}", -32700, SURROGATE.formatted(6)),
        // Ambiguous
        row("{\"id\":1,\"method\":\"a\",\"method\":\"b\"}", -32600, DUPLICATE.formatted(21)),
        row("{\"id\":1,\"method\":\"a\",\"id\":1}", -32600, DUPLICATE.formatted(21)),
        row("{\"id\":1,\"method\":\"a\",\"m\\u0065thod\":\"b\"}", -32600, DUPLICATE.formatted(21)),
        row(
            call("\"params\":{\"a\":[{\"b\":{\"c\":1,\"c\":1}}]}"),
            -32600,
            DUPLICATE.formatted(70),
            7),
        row(
            call("\"params\":{\"name\":\"ok\",\"Name\":\"bad\"}"),
            -32600,
            VARIANT.formatted(65),
            7),
        row(
            call("\"params\":{\"name\":\"ok\",\"nam\\u0045\":\"x\"}"),
            -32600,
            VARIANT.formatted(65),
            7),
        row(call("\"params\":{\"task\u00C4\u00B1d\":1}"), -32600, VARIANT.formatted(53), 7),
        row(call("\"params\":{\"argument\u00C5\u00BF\":{}}"), -32600, VARIANT.formatted(53), 7),
        row(call("\"params\":{\"tas\\u212a\":{}}"), -32600, VARIANT.formatted(53), 7),
        row(call("\"params\":{\"\\uff4eame\":\"x\"}"), -32600, VARIANT.formatted(53), 7),
        row(call("\"params\":{\"ur\\u0130\":\"x\"}"), -32600, VARIANT.formatted(53), 7),
        row(call("\"params\":{\"_meta\":{\"ProgressToken\":1}}"), -32600, VARIANT.formatted(62), 7),
        row(call("\"params\":{\"ref\":{\"Name\":1}}"), -32600, VARIANT.formatted(60), 7),
        row(call("\"Params\":{}"), -32600, VARIANT.formatted(43)),
        row(
            "{\"jsonrpc\":\"2.0\",\"ID\":1,\"id\":2,\"method\":\"x\"}",
            -32600,
            VARIANT.formatted(17)),
        // Bounds
        row(
            call("\"a\":" + "[".repeat(64)),
            -32600,
            "The message is nested too deeply (at byte 110)."),
        row(call("\"a\":" + "1".repeat(1001)), -32600, NUMBER.formatted(47)),
        row(call("\"a\":1e10000"), -32600, NUMBER.formatted(49)),
        row(call("\"a\":1e-99999999999"), -32600, NUMBER.formatted(50)),
        // Not JSON-RPC
        row(" [{}]", -32600, "Batches are not served; send one message at a time."),
        row("[", -32600, "Batches are not served; send one message at a time."),
        row("\"text\"", -32600, "The message must be a JSON object."),
        row("17", -32600, "The message must be a JSON object."),
        row("{\"id\":7,\"method\":\"x\"}", -32600, "Member \"jsonrpc\" must be \"2.0\".", 7),
        row(
            "{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"x\"}",
            -32600,
            "Member \"jsonrpc\" must be \"2.0\".",
            7),
        row(
            "{\"jsonrpc\":2.0,\"id\":7,\"method\":\"x\"}",
            -32600,
            "Member \"jsonrpc\" must be \"2.0\".",
            7),
        row(withId("null"), -32600, ID),
        row(withId("1.0"), -32600, ID),
        row(withId("1e2"), -32600, ID),
        row(withId("-0"), -32600, ID),
        row(withId("true"), -32600, ID),
        row(withId("{}"), -32600, ID),
        row(withId("[1]"), -32600, ID),
        row(withId("1".repeat(31)), -32600, ID),
        row(withId("\"" + "x".repeat(257) + "\""), -32600, ID),
        row(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":1}",
            -32600,
            "Member \"method\" must be a string.",
            7),
        row(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":null}",
            -32600,
            "Member \"method\" must be a string.",
            7),
        row("{\"jsonrpc\":\"2.0\",\"id\":7}", -32600, SHAPE),
        row("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{},\"error\":{}}", -32600, SHAPE),
        row(call("\"result\":{}"), -32600, SHAPE, 7),
        row(call("\"error\":{}"), -32600, SHAPE, 7),
        row("{\"jsonrpc\":\"2.0\",\"result\":{}}", -32600, "A response must have an \"id\"."),
        row(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":1}",
            -32600,
            "Member \"error\" must be an object."),
        row(call("\"params\":[]"), -32602, "Member \"params\" must be an object.", 7),
        row(call("\"params\":null"), -32602, "Member \"params\" must be an object.", 7),
        row(
            call("\"params\":{\"_meta\":1}"),
            -32602,
            "Member \"params._meta\" must be an object.",
            7),
        row(call("\"params\":{\"_meta\":{\"progressToken\":null}}"), -32602, TOKEN, 7),
        row(call("\"params\":{\"_meta\":{\"progressToken\":1.5}}"), -32602, TOKEN, 7));
  }

  private static Arguments row(String input, int code, String message) {
    return arguments(input, code, message, Optional.empty());
  }

  private static Arguments row(String input, int code, String message, long id) {
    return arguments(input, code, message, Optional.of(MessageId.number(id)));
  }

  private static String call(String members) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/x\"," + members + "}";
  }

  private static String withId(String id) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"x\"}";
  }

  private static Message parse(String json) throws MalformedMessageException {
    return StrictParser.parse(json.getBytes(UTF_8));
  }

  private static String at(Message message, Optional<Range> range) {
    Range bytes = range.orElseThrow();
    return new String(message.bytes(), bytes.from(), bytes.to() - bytes.from(), UTF_8);
  }

  @ParameterizedTest
  @MethodSource
  void refused(String input, int code, String message, Optional<MessageId> id) {
    byte[] bytes = input.getBytes(ISO_8859_1);

    MalformedMessageException refusal =
        catchThrowableOfType(MalformedMessageException.class, () -> StrictParser.parse(bytes));

    assertThat(refusal).hasMessage(message);
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.id()).isEqualTo(id);
  }

  @Test
  void readsACallWhateverTheOrderOfItsMembers() throws Exception {
    Message call =
        parse(
            """
            {"params": {"arguments": {"é": [1, 2.50]}, "name": "a\\u0062c",
              "_meta": {"progressToken": "p"}}, "more": {"Name": 1}, "method": "tools/call",
              "id": "é", "jsonrpc": "2.0"}
            """);

    assertThat(call.kind()).isEqualTo(Kind.REQUEST);
    assertThat(call.method()).isEqualTo("tools/call");
    assertThat(call.id()).contains(MessageId.text("é"));
    assertThat(call.progressToken()).contains(MessageId.text("p"));
    assertThat(call.text("name")).contains("abc");
    assertThat(at(call, call.idRange())).isEqualTo("\"é\"");
    assertThat(at(call, call.nameRange())).isEqualTo("\"a\\u0062c\"");
    assertThat(at(call, call.argumentsRange())).isEqualTo("{\"é\": [1, 2.50]}");
    assertThat(at(call, call.progressTokenRange())).isEqualTo("\"p\"");
    assertThat(at(call, call.paramsRange())).startsWith("{\"arg").endsWith("\"p\"}}");
    assertThat(call.uriRange()).isEmpty();
  }

  @Test
  void tellsRequestsNotificationsAndResponsesApart() throws Exception {
    Message notification = parse("{\"jsonrpc\":\"2.0\",\"method\":\"n\"}");
    Message response =
        parse("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"x\"}}");
    Message error = parse("{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-1}}");

    assertThat(notification.kind()).isEqualTo(Kind.NOTIFICATION);
    assertThat(notification.params()).isEmpty();
    assertThat(notification.id()).isEmpty();
    assertThat(response.kind()).isEqualTo(Kind.RESPONSE);
    assertThat(response.method()).isEmpty();
    assertThat(response.isErrorResponse()).isFalse();
    assertThat(at(response, response.range("result.protocolVersion"))).isEqualTo("\"x\"");
    assertThat(error.isErrorResponse()).isTrue();
    assertThat(error.result()).isEmpty();
  }

  @Test
  void keepsNumbersExact() throws Exception {
    String big = "123456789012345678901234567890";
    Message call =
        parse(
            call(
                "\"params\":{\"a\":1.10,\"b\":%s,\"c\":9223372036854775807,\"d\":-5,\"e\":1e400,"
                        .formatted(big)
                    + "\"f\":0.1000000000000000055511151231257827}"));

    assertThat(call.params().get("a")).isInstanceOf(DecimalNode.class);
    assertThat(call.params().get("a").decimalValue()).isEqualTo(new BigDecimal("1.10"));
    assertThat(call.params().get("b")).isEqualTo(BigIntegerNode.valueOf(new BigInteger(big)));
    assertThat(call.params().get("c")).isEqualTo(LongNode.valueOf(Long.MAX_VALUE));
    assertThat(call.params().get("d")).isEqualTo(IntNode.valueOf(-5));
    assertThat(call.params().get("e").decimalValue()).isEqualTo(new BigDecimal("1e400"));
    assertThat(call.params().get("f").decimalValue())
        .isEqualTo(new BigDecimal("0.1000000000000000055511151231257827"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-1", "9007199254740993", "123456789012345678901234567890", "\"\"", "\"1\""})
  void keepsIdsAsTheyAre(String id) throws Exception {
    assertThat(parse(withId(id)).id()).contains(new MessageId(id));
  }

  @Test
  void takesWhatIsJustWithinTheBounds() throws Exception {
    String deep = "[".repeat(63) + "]".repeat(63);
    assertThat(parse(call("\"a\":" + deep)).method()).isEqualTo("tools/x");
    assertThat(parse(call("\"a\":" + "1".repeat(1000))).method()).isEqualTo("tools/x");
    assertThat(parse(call("\"a\":1e9999")).method()).isEqualTo("tools/x");
    assertThat(parse(withId("\"" + "x".repeat(256) + "\"")).id()).isPresent();
  }

  @Test
  void leavesTheNamesOfOtherLevelsAlone() throws Exception {
    Message call =
        parse(call("\"params\":{\"arguments\":{\"Name\":1,\"name\":2,\"ID\":3},\"namé\":4}"));

    assertThat(call.params().path("arguments")).hasSize(3);
  }
}
