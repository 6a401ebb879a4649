package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP 2026-07-28, basic/transports, "Value encoding". */
class HeaderTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pay",
        "a b",
        "~!\"#$%&'()*+,-./:;<=>?@[]^_`{|}",
        "=?base64?",
        "?=",
        "=?base64?=",
        "=?BASE64?ZXU=?=",
        "x=?base64?ZXU=?=",
      })
  void leavesPlainTextAlone(String text) {
    assertThat(HeaderText.encode(text)).isEqualTo(text);
    assertThat(HeaderText.decode(text)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grüße",
        "東京",
        "😀",
        " a",
        "a ",
        "\ta",
        "a\tb",
        "a\r\nMcp-Name: b",
        "\u0000",
        "\u007f",
        "\u00a0",
        "\u2003",
        "=?base64??=",
        "=?base64?x?=",
        "=?base64?=?base64?eA==?=?=",
      })
  void encodesWhatAHeaderCannotCarryAndReadsItBack(String text) {
    String header = HeaderText.encode(text);

    assertThat(header).matches("=\\?base64\\?[A-Za-z0-9+/]*=*\\?=");
    assertThat(HeaderText.decode(header)).contains(text);
    assertThat(HeaderText.decode(" \t" + header + " ")).contains(text);
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "'  ', ''", "' pay ', pay", "=?base64??=, ''", "=?base64?ZXU=?=, eu"})
  void decodes(String header, String text) {
    assertThat(HeaderText.decode(header)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grüße",
        "a\tb",
        "a\u007f",
        "=?base64?ZXU?=",
        "=?base64?ZXV=?=",
        "=?base64?ZXU==?=",
        "=?base64?ZXU=\n?=",
        "=?base64? ZXU=?=",
        "=?base64?!!!!?=",
        "=?base64?_-8=?=",
        "=?base64?/w==?=",
        "=?base64?7aCA?=",
        "=?base64?wIA=?=",
      })
  void takesNothingThatIsMalformed(String header) {
    assertThat(HeaderText.decode(header)).isEmpty();
  }
}
