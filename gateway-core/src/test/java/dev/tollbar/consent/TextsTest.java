package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void showsWhatDoesNotShow() {
    assertThat(Texts.visible("pay\u202egnp.\u0007\u200b\u2028ü 📦"))
        .isEqualTo("pay\\u202egnp.\\u0007\\u200b\\u2028ü 📦");
    assertThat(Texts.visible("\u001b[31mred")).isEqualTo("\\u001b[31mred");
  }

  @Test
  void makesOneLine() {
    assertThat(Texts.line("  Ann\n\t Smith ")).isEqualTo("Ann Smith");
  }
}
