package dev.tollbar.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Tool;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommonNameTest {

  @ParameterizedTest
  @CsvSource({
    "create_*, *_refund, create_*_refund",
    "*_refund, create_*, create_*_refund",
    "*, read_*, read_*",
    "a*c, ab*, ab*c",
    "a*b*, *c*, a*b*c*",
    "read_*, read_*, read_*",
    "pay, p*, pay",
    "*a, *, *a",
  })
  void isAsWideAsBothPatternsAllow(String one, String other, String name) {
    assertThat(CommonName.of(one, other)).contains(name);
  }

  @ParameterizedTest
  @CsvSource({"read_*, write_*", "*_a, *_b", "pay, paid", "a, ''", "a*b, a*c", "ab*, a"})
  void isAbsentWhereNoNameIsForBoth(String one, String other) {
    assertThat(CommonName.of(one, other)).isEmpty();
  }

  /** Every pair of patterns of up to four signs, against every name of up to six. */
  @Test
  void existsWhereAnyNameIsForBothAndIsForBoth() {
    List<String> patterns = texts("ab*", 4);
    List<Tool> names = texts("ab", 6).stream().map(Tool::named).toList();
    for (String one : patterns) {
      for (String other : patterns) {
        Selector first = Selector.of(one, Section.TOOLS, false);
        Selector second = Selector.of(other, Section.TOOLS, false);
        boolean any = names.stream().anyMatch(it -> first.matches(it) && second.matches(it));

        Optional<Tool> common = CommonName.of(one, other).map(Tool::named);

        assertThat(common.isPresent()).as("%s and %s", one, other).isEqualTo(any);
        common.ifPresent(name ->
            assertThat(first.matches(name) && second.matches(name))
                .as("%s and %s have %s", one, other, name.name())
                .isTrue());
      }
    }
  }

  private static List<String> texts(String signs, int longest) {
    List<String> texts = new ArrayList<>();
    List<String> last = List.of("");
    for (int length = 1; length <= longest; length++) {
      List<String> longer = new ArrayList<>();
      for (String text : last) {
        signs.chars().forEach(sign -> longer.add(text + (char) sign));
      }
      texts.addAll(longer);
      last = longer;
    }
    return texts;
  }
}
