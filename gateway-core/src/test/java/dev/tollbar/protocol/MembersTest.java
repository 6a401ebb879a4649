package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MembersTest {
  private static Message message(String params) throws MalformedMessageException {
    String text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":" + params + "}";
    return StrictParser.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void membersKeepTheirBytes() throws Exception {
    Message message =
        message(
            "{ \"a\\u0062\" : 2.50 ,\"s\":\"}\\\\\\\",{\",\n\"o\": {\"x\" : [1, {\"y\":\"]\"}]} , \"n\":null,\"\":true, \"ü\":\"ü\" }");

    assertThat(Members.of(message, "params"))
        .containsExactly(
            entry("ab", "2.50"),
            entry("s", "\"}\\\\\\\",{\""),
            entry("o", "{\"x\" : [1, {\"y\":\"]\"}]}"),
            entry("n", "null"),
            entry("", "true"),
            entry("ü", "\"ü\""));
  }

  @Test
  void anEmptyObjectHasNone() throws Exception {
    assertThat(Members.of(message("{ }"), "params")).isEmpty();
  }

  @Test
  void whatIsNoObjectHasNone() throws Exception {
    assertThat(Members.of(message("{\"arguments\":[1]}"), "params.arguments")).isEmpty();
    assertThat(Members.of(message("{}"), "params.arguments")).isEmpty();
  }

  @Test
  void theRestStaysWhenMembersGo() throws Exception {
    Message message =
        message("{\"a\":1.0, \"task\":{\"ttl\":1},\"b\" : \"x\",\"requestState\":\"s\"}");

    assertThat(Members.without(message, "params", Set.of("task", "requestState")))
        .isEqualTo("{\"a\":1.0,\"b\":\"x\"}");
    assertThat(Members.without(message, "params", Set.of("a", "b", "task", "requestState")))
        .isEqualTo("{}");
  }

  @Test
  void readsWhateverTheParserReads() throws Exception {
    RandomJson random = new RandomJson(new Random(7));
    for (int i = 0; i < 500; i++) {
      String first = new String(random.document(), StandardCharsets.UTF_8);
      String second = new String(random.document(), StandardCharsets.UTF_8);
      Message message = message("{\"x\":" + first + ",\"y\":" + second + "}");

      assertThat(Members.of(message, "params"))
          .containsExactly(entry("x", stripped(first)), entry("y", stripped(second)));
    }
  }

  /** Without the white space of JSON. */
  private static String stripped(String json) {
    return json.replaceAll("^[ \\n\\r\\t]+|[ \\n\\r\\t]+$", "");
  }
}
