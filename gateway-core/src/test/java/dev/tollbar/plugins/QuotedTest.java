package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {
  @Test
  void escapesQuotesAndControlCharacters() {
    assertThat(Quoted.text("a\"b\\c\r\n\t\u0007\u202e"))
        .isEqualTo("\"a\\\"b\\\\c\\r\\n\\t\\u0007\\u202e\"");
  }

  @Test
  void cutsAtEightyCharactersAndNeverThroughOne() {
    assertThat(Quoted.plain("😀".repeat(80))).isEqualTo("😀".repeat(80));
    assertThat(Quoted.plain("😀".repeat(81))).isEqualTo("😀".repeat(80) + "…");
  }
}
