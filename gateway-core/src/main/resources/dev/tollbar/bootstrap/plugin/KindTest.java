package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import dev.tollbar.testkit.KindBench;
import dev.tollbar.testkit.KindContract;
import dev.tollbar.testkit.TestCall;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class {{type}}KindTest {
  private static final TestCall SHORT = TestCall.of("add_note", "{\"text\": \"hello\"}");
  private static final TestCall LONG = TestCall.of("add_note", "{\"text\": \"hello there\"}");

  private final KindBench bench = KindBench.of(new {{type}}Kind());

  @Test
  void deniesWhatIsTooLong() throws InterruptedException {
    Rule rule = bench.rule("{ argument: text, max: 5 }");

    assertEquals(Verdict.permit(), rule.evaluate(SHORT));
    assertEquals(Verdict.deny("At most 5 characters in text."), rule.evaluate(LONG));
  }

  @Test
  void refusesALengthThatNothingHas() {
    assertEquals("max: expected at least 1; found 0", bench.refusal("{ argument: text, max: 0 }"));
  }

  /** What every kind owes the gateway: pure, safe for many threads, in time, closed. */
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return KindContract.of(new {{type}}Kind())
        .config("{ argument: text, max: 5 }")
        .config("{ argument: text }")
        .call(SHORT)
        .call(LONG)
        .tests();
  }
}
