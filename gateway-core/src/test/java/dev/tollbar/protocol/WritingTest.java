package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tollbar.api.MessageId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the gateway itself writes: replies, spliced messages, events. */
class WritingTest {
  private static final MessageId ID = MessageId.text("a\"b");

  @Test
  void deniesAToolCallInTheFormOfThePolicyLanguage() {
    byte[] reply =
        Replies.toolDenial(
            ID,
            Revision.V2025_11_25,
            "Refunds above 100\nneed \"finance\".",
            "rule",
            "/a/é",
            true,
            0,
            Optional.empty());

    assertThat(reply)
        .asString(UTF_8)
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"result\":{\"content\":[{\"type\":\"text\","
                + "\"text\":\"[POLICY DENIED] Refunds above 100\\nneed \\\"finance\\\".\"}],"
                + "\"isError\":true,\"_meta\":{\"dev.tollbar/denial\":{\"code\":\"rule\","
                + "\"rule\":\"/a/é\",\"final\":true,\"retryAfterMs\":0}}}}");
  }

  @Test
  void tellsWhatIsLeftOfALimit() {
    byte[] reply =
        Replies.toolDenial(
            MessageId.number(1),
            Revision.V2025_11_25,
            "Later.",
            "limit",
            "/l",
            false,
            1500,
            Optional.of("0.5"));

    assertThat(reply)
        .asString(UTF_8)
        .endsWith(
            "{\"code\":\"limit\",\"rule\":\"/l\",\"final\":false,\"retryAfterMs\":1500,"
                + "\"remaining\":\"0.5\"}}}}");
  }

  @Test
  void answersAPing() {
    assertThat(Replies.empty(ID))
        .asString(UTF_8)
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"result\":{}}");
  }

  @Test
  void writesErrors() {
    assertThat(Errors.reply(Optional.of(MessageId.number(3)), ErrorCode.METHOD_NOT_FOUND, "No."))
        .asString(UTF_8)
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32601,\"message\":\"No.\"}}");
    assertThat(Errors.reply(new MalformedMessageException(Fault.METHOD, Optional.empty())))
        .asString(UTF_8)
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"Member"
                + " \\\"method\\\" must be a string.\"}}");
  }

  @Test
  void replacesRangesInAnyOrderAndNothingElse() throws Exception {
    String json =
        "{ \"method\":\"m\",\"params\":{ \"name\" :\"é\",\"n\":1.0},\"id\":1 ,\"jsonrpc\":\"2.0\"}";
    Message message = StrictParser.parse(json.getBytes(UTF_8));

    byte[] spliced =
        new Splice(message.bytes())
            .put(message.idRange().orElseThrow(), "\"long id\"")
            .putText(message.nameRange().orElseThrow(), "t\"x")
            .bytes();

    assertThat(spliced)
        .asString(UTF_8)
        .isEqualTo(json.replace("\"é\"", "\"t\\\"x\"").replace("\"id\":1", "\"id\":\"long id\""));
    assertThat(message.bytes()).asString(UTF_8).isEqualTo(json);
    assertThat(new Splice(message.bytes()).bytes()).isSameAs(message.bytes());
  }

  @Test
  void refusesToReplaceOneRangeTwice() {
    Splice splice = new Splice(new byte[10]).put(new Range(2, 5), "1");

    assertThatIllegalArgumentException().isThrownBy(() -> splice.put(new Range(4, 6), "1"));
    assertThatIllegalArgumentException().isThrownBy(() -> splice.put(new Range(1, 9), "1"));
    assertThatIllegalArgumentException().isThrownBy(() -> splice.put(new Range(9, 11), "1"));
    assertThat(splice.put(new Range(5, 6), "2").bytes()).hasSize(8);
  }

  @Test
  void writesAMessageAsAnEvent() {
    assertThat(SseText.message("{\"a\":1}".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo("event: message\ndata: {\"a\":1}\n\n");
    assertThat(SseText.message("{\r\n\"a\":\r1\n}".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo("event: message\ndata: {\ndata: \"a\":\ndata: 1\ndata: }\n\n");
    assertThat(SseText.keepAlive()).asString(UTF_8).isEqualTo(":\n\n");
  }

  @Test
  void changesOnlyTheDataOfAnEvent() {
    String raw = ": hi\r\nid: 7\r\ndata: old\r\nretry: 5\r\ndata:older\r\ndatas: no\r\n\r\n";

    assertThat(SseText.withData(raw.getBytes(UTF_8), "{}".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo(": hi\r\nid: 7\r\ndata: {}\nretry: 5\r\ndatas: no\r\n\r\n");
    assertThat(SseText.withData("id: 7\ndata\n\n".getBytes(UTF_8), "1".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo("id: 7\ndata: 1\n\n");
    assertThat(SseText.withData("id: 7\n\n".getBytes(UTF_8), "1".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo("id: 7\ndata: 1\n\n");
  }
}
