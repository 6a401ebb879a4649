package dev.tollbar.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        "^.{1,1000}$",
        "^.{1,1000}@.{1,1000}$",
        "\\p{Greek}{3}",
        "x{,3}",
        "{",
        "[{(]{2}",
        "\\Q((((\\E"
      })
  void takesPatternsOfOrdinarySize(String pattern) {
    assertThat(Regex.compile(pattern).pattern()).isEqualTo(pattern);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((x{1000}){1000}){1000}",
        "(?:x{1000}){1000}",
        "(?i:(?:[a-z]{0,999}){999,})",
        "((x{1000})\\Q)\\E){1000}",
        "([)](x{1000})){1000}",
        "([^\\])](x{1000})){1000}",
        "(\\)(x{1000})){1000}",
        "([[:alpha:])](x{1000})){1000}",
        "([])](x{1000})){1000}",
        "([^])](x{1000})){1000}",
        "(\\p{L}(x{1000})){1000}"
      })
  void refusesPatternsThatAreLargeWhenWrittenOut(String pattern) {
    assertThatThrownBy(() -> Regex.compile(pattern))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("too large with its repetitions written out");
  }

  @Test
  void refusesGroupsThatAreTooDeep() {
    String pattern = "(".repeat(2_000) + ")".repeat(2_000);

    assertThatThrownBy(() -> Regex.compile(pattern))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("too many groups inside of each other");
  }

  @Test
  void refusesPatternsThatAreTooLong() {
    assertThat(Regex.compile("x".repeat(5_000)).pattern()).hasSize(5_000);
    assertThatThrownBy(() -> Regex.compile("x".repeat(5_001)))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("longer than 5,000 characters");
  }
}
