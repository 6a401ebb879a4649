package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written is the JSON that a library writes, and reads. */
final class JsonLineTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writesNestedValuesWithTheirCommas() {
    JsonLine line = new JsonLine().object();
    line.name("a").number(1);
    line.array("b").text("x", 9).text("y", 9).object().name("c").truth(true).endObject().endArray();
    line.array("empty").endArray();
    line.name("d").object().key("k\"", 9).value("{\"z\":1.50}").endObject();
    line.name("e").plain("-7").endObject();

    assertThat(text(line))
        .isEqualTo(
            "{\"a\":1,\"b\":[\"x\",\"y\",{\"c\":true}],\"empty\":[],\"d\":{\"k\\\"\":{\"z\":1.50}},\"e\":-7}");
  }

  @Test
  void cutsLongTextsBetweenCharacters() {
    assertThat(text(new JsonLine().text("abcdef", 3))).isEqualTo("\"abc…\"");
    assertThat(text(new JsonLine().text("ab\ud83d\ude00f", 3))).isEqualTo("\"ab…\"");
    assertThat(text(new JsonLine().text("ab\ud83d\ude00", 4))).isEqualTo("\"ab\ud83d\ude00\"");
  }

  @Test
  void escapesWhatUtf8CannotHold() {
    assertThat(text(new JsonLine().text("a\ud800b\udc00", 9))).isEqualTo("\"a\\uD800b\\uDC00\"");
    assertThat(text(new JsonLine().value("\"\ud800\""))).isEqualTo("\"\\uD800\"");
  }

  @Test
  void writesWhatTheLibraryReads() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      ObjectNode expected = JSON.createObjectNode();
      JsonLine line = new JsonLine().object();
      for (int member = random.nextInt(8); member >= 0; member--) {
        String name = "m" + member;
        String text = text(random);
        expected.put(name, text);
        line.name(name).text(text, Integer.MAX_VALUE);
        ArrayNode array = expected.putArray(name + "s");
        line.array(name + "s");
        for (int i = random.nextInt(4); i > 0; i--) {
          long number = random.nextLong();
          array.add(number);
          line.number(number);
        }
        line.endArray();
      }
      line.endObject();

      JsonNode read = JSON.readTree(line.toByteArray());
      // Through text: numbers that fit an int are read as such.
      assertThat(read.toString()).isEqualTo(expected.toString());
      assertThat(text(line)).isEqualTo(JSON.writeValueAsString(expected));
    }
  }

  /** Of all that a text can hold but lone surrogates, which the library refuses. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      int point =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> random.nextInt(0x80);
            case 2 -> random.nextInt(0xd800);
            default -> 0x10000 + random.nextInt(0x100000);
          };
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  private static String text(JsonLine line) {
    return new String(line.toByteArray(), StandardCharsets.UTF_8);
  }
}
