package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.api.MessageId;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyScannerTest {
  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static Reply scan(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return scan(bytes, bytes.length);
  }

  /** In two pieces. */
  private static Reply scan(byte[] bytes, int split) {
    ReplyScanner scanner = new ReplyScanner();
    scanner.feed(bytes, 0, split);
    scanner.feed(bytes, split, bytes.length - split);
    return scanner.finish();
  }

  private static Reply scanByteByByte(byte[] bytes) {
    ReplyScanner scanner = new ReplyScanner();
    for (int i = 0; i < bytes.length; i++) {
      scanner.feed(bytes, i, 1);
    }
    return scanner.finish();
  }

  /** What a parser with a tree makes of an undamaged reply. */
  private static Reply expected(byte[] bytes) throws JsonProcessingException {
    JsonNode root = JACKSON.readTree(new String(bytes, UTF_8));
    Optional<MessageId> id = MessageId.of(root.path("id"));
    if (root.has("method")) {
      return new Reply.NotAReply();
    }
    if (root.has("error")) {
      return new Reply.ProtocolError(id, root.path("error").path("code").asLong());
    }
    return id.isPresent()
        ? new Reply.Result(id, root.path("result").path("isError").asBoolean())
        : new Reply.Malformed("a result must have an \"id\"");
  }

  /** The scanner does not look at surrogates, so they are made harmless for the other parser. */
  private static boolean isJson(byte[] bytes) {
    try {
      JsonNode node = JACKSON.readTree(new String(bytes, UTF_8).replace("\\ud", "\\u0"));
      return !node.isMissingNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  @Test
  void readsEveryReplyAtEverySplitAsATreeSaysIt() throws Exception {
    RandomJson random = new RandomJson(new Random(11));
    for (int i = 0; i < 200; i++) {
      byte[] bytes = random.reply();
      Reply expected = expected(bytes);
      for (int split = 0; split <= bytes.length; split++) {
        assertThat(scan(bytes, split)).as(() -> new String(bytes, UTF_8)).isEqualTo(expected);
      }
      assertThat(scanByteByByte(bytes)).isEqualTo(expected);
    }
  }

  @Test
  void neverTakesWhatIsNoJsonForAReply() {
    RandomJson random = new RandomJson(new Random(12));
    int malformed = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = random.damaged(random.reply());
      Reply reply = scan(bytes, bytes.length / 2);
      if (reply instanceof Reply.Malformed) {
        malformed++;
      } else {
        assertThat(isJson(bytes)).as(() -> new String(bytes, UTF_8)).isTrue();
      }
      assertThat(scanByteByByte(bytes)).isEqualTo(reply);
    }
    assertThat(malformed).isBetween(2_000, 19_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | the message breaks off",
        "{\"id\":1,\"result\":{} | the message breaks off",
        "[{\"id\":1,\"result\":{}}] | expected one JSON object",
        "\"x\" | expected one JSON object",
        "<html> | expected one JSON object",
        "{\"id\":1,\"result\":{}} x | not valid JSON",
        "{\"id\":1,\"result\":{]} | not valid JSON",
        "{\"id\":1,\"result\":[01]} | not valid JSON",
        "{\"id\":1,\"result\":tru } | not valid JSON",
        "{\"id\":1,\"result\":{},\"result\":{}} | two members of one name",
        "{\"id\":1,\"i\\u0064\":1,\"result\":{}} | two members of one name",
        "{\"id\":1,\"result\":{\"isError\":false,\"isError\":true}} | two members of one name",
        "{\"id\":1,\"result\":{\"resultType\":\"complete\",\"resultType\":\"task\"}} | two members of one name",
        "{\"id\":1,\"result\":{\"resultType\":\"task\",\"result\\u0054ype\":\"complete\"}} | two members of one name",
        "{\"id\":1,\"result\":{\"inputRequests\":{},\"inputRequests\":{}}} | two members of one name",
        "{\"id\":1,\"result\":{\"inputRequests\":{},\"input\\u0052equests\":null}} | two members of one name",
        "{\"id\":1,\"result\":{\"resultType\":5}} | expected a text as \"resultType\"",
        "{\"id\":1,\"result\":{\"resultType\":null}} | expected a text as \"resultType\"",
        "{\"id\":1,\"result\":{\"resultType\":[\"task\"]}} | expected a scalar where the protocol has one",
        "{\"id\":1,\"result\":{\"isError\":\"no\"}} | expected true or false as \"isError\"",
        "{\"id\":1,\"result\":{\"isError\":{}}} | expected a scalar where the protocol has one",
        "{\"id\":1.5,\"result\":{}} | expected a string or whole number as \"id\"",
        "{\"id\":true,\"result\":{}} | expected a string or whole number as \"id\"",
        "{\"id\":\"\\ud800\",\"result\":{}} | not valid JSON",
        "{\"result\":{}} | a result must have an \"id\"",
        "{\"id\":1,\"error\":{}} | an error must have a \"code\"",
        "{\"id\":1,\"error\":{\"code\":1.5}} | expected a whole number as \"code\"",
        "{\"id\":1,\"error\":null} | expected an object \"error\"",
        "{\"id\":1,\"error\":[]} | expected an object \"error\"",
        "{\"id\":1} | expected exactly one of \"method\", \"result\", \"error\"",
        "{\"id\":1,\"result\":1,\"error\":{\"code\":1}} | expected exactly one of \"method\", \"result\", \"error\""
      })
  void saysWhyAReplyIsMalformed(String json, String why) {
    assertThat(scan(json)).isEqualTo(new Reply.Malformed(why));
  }

  @Test
  void looksForItsMembersOnlyWhereTheyBelong() {
    Optional<MessageId> id = Optional.of(MessageId.number(1));

    assertThat(scan("{\"result\":{\"x\":{\"isError\":true,\"id\":2}},\"isError\":true,\"id\":1}"))
        .isEqualTo(new Reply.Result(id, false));
    assertThat(scan("{\"result\":[{\"isError\":true}],\"id\":1}"))
        .isEqualTo(new Reply.Result(id, false));
    assertThat(scan("{\"id\":1,\"x\":{\"isError\":true,\"code\":1},\"result\":null}"))
        .isEqualTo(new Reply.Result(id, false));
    assertThat(scan("{\"error\":{\"data\":{\"code\":5},\"code\":-1}}"))
        .isEqualTo(new Reply.ProtocolError(Optional.empty(), -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | | false | true",
        "{\"resultType\":\"complete\"} | complete | false | true",
        "{\"result\\u0054ype\":\"com\\u0070lete\"} | complete | false | true",
        "{\"resultType\":\"COMPLETE\"} | COMPLETE | false | false",
        "{\"resultType\":\"input_required\",\"requestState\":\"s\"} | input_required | false | false",
        "{\"resultType\":\"task\"} | task | false | false",
        "{\"resultType\":\"\"} | `` | false | false",
        "{\"inputRequests\":{}} | | true | false",
        "{\"inputRequests\":null,\"resultType\":\"complete\"} | complete | true | false",
        "{\"input\\u0052equests\":{\"a\":{\"resultType\":\"task\"}}} | | true | false",
        "{\"x\":{\"resultType\":\"task\",\"inputRequests\":{}}} | | false | true",
        "[{\"resultType\":\"task\",\"inputRequests\":{}}] | | false | true",
      })
  void saysWhetherAResultIsTheEnd(String result, String type, boolean asks, boolean complete) {
    byte[] bytes =
        ("{\"resultType\":\"task\",\"id\":1,\"result\":" + result + ",\"inputRequests\":{}}")
            .getBytes(UTF_8);
    Reply.Result expected =
        new Reply.Result(Optional.of(MessageId.number(1)), false, Optional.ofNullable(type), asks);

    assertThat(expected.isComplete()).isEqualTo(complete);
    assertThat(scanByteByByte(bytes)).isEqualTo(expected);
    for (int split = 0; split <= bytes.length; split++) {
      assertThat(scan(bytes, split)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 257})
  void boundsTheLengthOfIds(int length) {
    Reply reply = scan("{\"id\":\"" + "\\u0078".repeat(length) + "\",\"result\":{}}");

    assertThat(reply)
        .isEqualTo(
            length == 256
                ? new Reply.Result(Optional.of(MessageId.text("x".repeat(256))), false)
                : new Reply.Malformed("an id or code is too long"));
  }

  @ParameterizedTest
  @ValueSource(ints = {254, 256})
  void boundsTheDepth(int depth) {
    Reply reply = scan("{\"id\":1,\"result\":" + "[".repeat(depth) + "]".repeat(depth) + "}");

    assertThat(reply)
        .isEqualTo(
            depth == 254
                ? new Reply.Result(Optional.of(MessageId.number(1)), false)
                : new Reply.Malformed("nested deeper than 256 levels"));
  }

  @Test
  void noticesAtOnceThatAReplyIsMalformed() {
    ReplyScanner scanner = new ReplyScanner();
    scanner.feed("<html>".getBytes(UTF_8), 0, 6);

    assertThat(scanner.malformed()).isTrue();
  }

  @Test
  void readsOverNamesOfAnyLength() {
    assertThat(scan("{\"" + "n".repeat(100_000) + "\":1,\"id\":1,\"result\":{}}"))
        .isEqualTo(new Reply.Result(Optional.of(MessageId.number(1)), false));
  }
}
