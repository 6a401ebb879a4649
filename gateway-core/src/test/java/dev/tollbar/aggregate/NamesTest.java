package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of many servers' tools: short enough, never two for one, and back again. */
class NamesTest {
  private final Names names = new Names();

  @ParameterizedTest
  @CsvSource({
    "files, read, files__read",
    "files, read__all, files__read__all",
    "files, _read, files___read",
    "my_files, a.b-c, my_files__a.b-c",
  })
  void joinsTwoNamesAndTakesThemApartAgain(String server, String tool, String shown) {
    assertThat(names.of(server, tool)).isEqualTo(shown);
    assertThat(new Names().find(shown)).contains(new Owned(server, tool));
  }

  @Test
  void shortensANameThatIsTooLong() {
    String tool = "a".repeat(60);

    String shown = names.of("files", tool);

    assertThat(shown).hasSize(64).startsWith("files_aaaa").doesNotContain("__");
    assertThat(names.of("files", tool)).isEqualTo(shown);
    assertThat(names.find(shown)).contains(new Owned("files", tool));
  }

  @ParameterizedTest
  @CsvSource({"files, read file", "files, größe", "files__2, read", "files_, read", "files, ''"})
  void shortensWhatCouldNotBeTakenApart(String server, String tool) {
    String shown = names.of(server, tool);

    assertThat(shown).matches("[A-Za-z0-9_.-]{1,64}").doesNotContain("__");
    assertThat(names.find(shown)).contains(new Owned(server, tool));
  }

  @Test
  void doesNotKnowAShortNameThatItDidNotGiveOut() {
    String shown = names.of("files", "read file");

    assertThat(new Names().find(shown)).isEmpty();
    assertThat(names.find("files__")).isEmpty();
    assertThat(names.find("__read")).isEmpty();
  }

  @Test
  void twoServersNeverMeet() {
    assertThat(names.of("a", "b__c")).isEqualTo("a__b__c");
    assertThat(names.of("a__b", "c")).isNotEqualTo("a__b__c");
    assertThat(names.of("a", "_b")).isEqualTo("a___b");
    assertThat(names.of("a_", "b")).isNotEqualTo("a___b");
  }

  @Test
  void whateverServersSayEachNameLeadsToItsOwn() {
    Random random = new Random(7);
    Map<String, Owned> given = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      Owned owned = new Owned("s" + text(random, 3, "_.-a"), text(random, 70, "_-.aA é"));
      String shown = names.of(owned.server(), owned.name());

      assertThat(shown).matches("[A-Za-z0-9_.-]{1,64}");
      assertThat(given.put(shown, owned)).isIn(null, owned);
      assertThat(names.find(shown)).contains(owned);
    }
  }

  private static String text(Random random, int most, String letters) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(most) + 1; left > 0; left--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
