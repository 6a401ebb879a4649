package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.consent.ArgumentDiff.Change;
import dev.tollbar.consent.ArgumentDiff.Line;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentDiffTest {
  @Test
  void tellsWhatIsTheSameChangedAddedAndRemoved() {
    assertThat(
            ArgumentDiff.of(
                "{\"amount\":150.00,\"note\":\"x\",\"to\":\"c_1\"}",
                Optional.of("{\"amount\":150,\"old\":[],\"to\":\"c_1\"}")))
        .containsExactly(
            line(Change.CHANGED, "/amount", "150.00", "150"),
            line(Change.ADDED, "/note", "\"x\"", ""),
            line(Change.SAME, "/to", "\"c_1\"", "\"c_1\""),
            line(Change.REMOVED, "/old", "", "[]"));
  }

  @Test
  void goesIntoObjectsAndLists() {
    assertThat(
            ArgumentDiff.of(
                "{\"a/b\":{\"c~d\":[1,{\"e\":null}]}}",
                Optional.of("{\"a/b\":{\"c~d\":[2,{\"e\":null},3]}}")))
        .containsExactly(
            line(Change.CHANGED, "/a~1b/c~0d/0", "1", "2"),
            line(Change.SAME, "/a~1b/c~0d/1/e", "null", "null"),
            line(Change.REMOVED, "/a~1b/c~0d/2", "", "3"));
  }

  @Test
  void hasNothingToCompareWithTheFirstTime() {
    assertThat(ArgumentDiff.of("{\"a\":1}", Optional.empty()))
        .containsExactly(line(Change.SAME, "/a", "1", "1"));
    assertThat(ArgumentDiff.of("{}", Optional.empty()))
        .containsExactly(line(Change.SAME, "", "{}", "{}"));
  }

  /** An empty text stands for no value. */
  private static Line line(Change change, String pointer, String now, String before) {
    return new Line(
        change,
        pointer,
        Optional.of(now).filter(value -> !value.isEmpty()),
        Optional.of(before).filter(value -> !value.isEmpty()));
  }
}
