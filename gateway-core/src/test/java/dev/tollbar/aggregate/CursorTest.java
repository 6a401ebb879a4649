package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors of several servers in one. */
class CursorTest {

  @Test
  void comesBackAsItWas() {
    Cursor cursor = new Cursor(3, Map.of("files", "a\"é", "docs", ""));

    assertThat(Cursor.of(cursor.text())).contains(cursor);
    assertThat(cursor.text()).matches("[A-Za-z0-9_-]+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"page\":1}",
        "{\"page\":1,\"at\":{}}",
        "{\"page\":0,\"at\":{\"a\":\"b\"}}",
        "{\"page\":1,\"at\":{\"a\":1}}"
      })
  void knowsWhatItDidNotMake(String json) {
    String text = Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));

    assertThat(Cursor.of(text)).isEmpty();
    assertThat(Cursor.of("!" + json)).isEmpty();
  }
}
