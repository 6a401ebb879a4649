package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonLineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String AWKWARD =
      "\"\\/\b\t\n\f\r\u0000\u001f\u007f\u0080é\u07ff\u0800€\u2028\uffff";

  @Test
  void writesObjectsArraysAndScalars() {
    JsonLine line = new JsonLine();
    line.begin();
    line.beginObject();
    line.field("text", "it");
    line.field("number", -7);
    line.field("yes", true);
    line.json("raw", "{\"a\":[1]}");
    line.beginArray("list");
    line.element("a");
    line.element("b");
    line.beginObject();
    line.endObject();
    line.beginObject();
    line.field("c", Long.MIN_VALUE);
    line.endObject();
    line.endArray();
    line.beginArray("none");
    line.endArray();
    line.beginObject("inner");
    line.field("ends with {", "[");
    line.field("then", "");
    line.endObject();
    line.endObject();

    assertThat(text(line))
        .isEqualTo(
            "{\"text\":\"it\",\"number\":-7,\"yes\":true,\"raw\":{\"a\":[1]},\"list\":[\"a\",\"b\",{},"
                + "{\"c\":-9223372036854775808}],\"none\":[],"
                + "\"inner\":{\"ends with {\":\"[\",\"then\":\"\"}}");
  }

  @Test
  void escapesAsJacksonDoes() throws IOException {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put(AWKWARD, AWKWARD);
    JsonLine line = new JsonLine();
    line.begin();
    line.beginObject();
    line.field(AWKWARD, AWKWARD);
    line.endObject();

    assertThat(line.toByteArray()).isEqualTo(JSON.writeValueAsBytes(node));
  }

  @Test
  void escapesHalvesOfPairs() throws IOException {
    JsonLine line = new JsonLine();
    line.begin();
    line.beginObject();
    line.field("é", "\ud83d\ud83d\ude00\ude00x\ud83d");
    line.endObject();

    assertThat(text(line)).isEqualTo("{\"é\":\"\\uD83D😀\\uDE00x\\uD83D\"}");
    assertThat(JSON.readTree(line.toByteArray()).path("é").textValue())
        .isEqualTo("\ud83d\ud83d\ude00\ude00x\ud83d");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Random random = new Random(7);
    JsonLine line = new JsonLine();
    for (int i = 0; i < 5_000; i++) {
      String name = random(random).replaceAll("[\\ud800-\\udfff]", "");
      String value = random(random);
      line.begin();
      line.beginObject();
      line.field(name, value);
      line.json("raw", JsonNodeFactory.instance.textNode(name).toString());
      line.endObject();

      JsonNode read = JSON.readTree(line.toByteArray());
      assertThat(read.path(name).textValue()).isEqualTo(value);
      assertThat(read.path("raw").textValue()).isEqualTo(name);
    }
  }

  private static String random(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(60); length > 0; length--) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) random.nextInt(0x10000));
        case 1 -> text.append(AWKWARD.charAt(random.nextInt(AWKWARD.length())));
        case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
        default -> text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }

  @Test
  void growsAndForgetsWhatIsLarge() {
    JsonLine line = new JsonLine();
    for (String value : new String[] {"x".repeat(100_000), "small"}) {
      line.begin();
      line.beginObject();
      line.field("value", value);
      line.endObject();

      assertThat(text(line)).isEqualTo("{\"value\":\"" + value + "\"}");
    }
  }

  @Test
  void timesHaveSixDigits() {
    DateTimeFormatter plain = new DateTimeFormatterBuilder().appendInstant(6).toFormatter();
    RecordTime time = new RecordTime();
    for (String text :
        new String[] {
          "2026-11-28T01:02:03.000001999Z",
          "2026-11-28T01:02:03.999999999Z",
          "2026-11-28T01:02:04Z",
          "2026-11-28T01:02:03.1Z",
          "1969-12-31T23:59:59.5Z",
          "+12026-11-28T01:02:03.000100Z",
          "-0001-11-28T01:02:03.000100Z"
        }) {
      Instant instant = Instant.parse(text);
      assertThat(time.text(instant)).isEqualTo(plain.format(instant));
    }
  }

  private static String text(JsonLine line) {
    return new String(line.toByteArray(), StandardCharsets.UTF_8);
  }
}
