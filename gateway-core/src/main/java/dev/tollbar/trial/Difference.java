package dev.tollbar.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One thing that a test looks at, as expected and as found; both are the same where nothing is
 * wrong with it.
 *
 * @param what the key of {@code expect}
 * @param expected empty if the test does not say, and it is shown for what it may tell
 */
record Difference(String what, Optional<String> expected, String found) {

  boolean isOne() {
    return expected.filter(text -> !text.equals(found)).isPresent();
  }

  /** Everything that is looked at, in the order of the keys. Nothing is wrong if none is one. */
  static List<Difference> between(Expect expect, Found found) {
    List<Difference> all = new ArrayList<>();
    expect
        .decision()
        .ifPresent(word ->
            all.add(new Difference("decision", Optional.of(word.word()), found.decision().word())));
    boolean surprised = all.stream().anyMatch(Difference::isOne);
    add(all, "code", expect.code(), found.code(), surprised);
    Optional<String> rule = found.rules().stream().findFirst();
    // By its id or by where it stands: both are its name.
    add(
        all,
        "rule",
        expect.rule(),
        expect.rule().filter(found.rules()::contains).or(() -> rule),
        surprised);
    add(
        all,
        "text",
        expect.text(),
        expect.text().filter(found.text()::contains).or(() -> Optional.of(found.text())),
        surprised && found.decision() != Expect.Word.PERMIT);
    add(
        all,
        "retry_after",
        expect.retryAfter().map(Difference::written),
        found.retryAfter().map(Difference::written),
        false);
    add(
        all,
        "remaining",
        expect.remaining(),
        expect.remaining().filter(wanted -> sameNumber(wanted, found)).or(found::remaining),
        false);
    add(
        all,
        "shadow",
        expect.shadow().map(Object::toString),
        Optional.of(found.shadow().toString()),
        false);
    add(
        all,
        "tools",
        expect.tools().map(Object::toString),
        found.tools().map(Object::toString),
        false);
    return all;
  }

  private static void add(
      List<Difference> all,
      String what,
      Optional<String> expected,
      Optional<String> found,
      boolean always) {
    if (expected.isPresent() || (always && found.isPresent())) {
      all.add(new Difference(what, expected, found.orElse("none")));
    }
  }

  private static boolean sameNumber(String wanted, Found found) {
    try {
      return found
          .remaining()
          .map(text ->
              new java.math.BigDecimal(text).compareTo(new java.math.BigDecimal(wanted)) == 0)
          .orElse(false);
    } catch (NumberFormatException _) {
      return false;
    }
  }

  /** As test files write a length of time. */
  private static String written(Duration time) {
    return time.toMillisPart() != 0 || time.isZero()
        ? time.toMillis() + "ms"
        : time.toSeconds() + "s";
  }
}
