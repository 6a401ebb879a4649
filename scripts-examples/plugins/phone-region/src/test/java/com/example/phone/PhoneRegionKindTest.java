package com.example.phone;

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

class PhoneRegionKindTest {
  private static final TestCall BERLIN = TestCall.of("send_sms", "{\"to\": \"+49 30 901820\"}");
  private static final TestCall NEW_YORK = TestCall.of("send_sms", "{\"to\": \"+1 212 736 3100\"}");

  private final KindBench bench = KindBench.of(new PhoneRegionKind());

  @Test
  void permitsTheCountriesThatAreNamedAndNoOther() throws InterruptedException {
    Rule rule = bench.rule("{ argument: to, regions: [DE, FR] }");

    assertEquals(Verdict.permit(), rule.evaluate(BERLIN));
    assertEquals(
        Verdict.deny("The number in to is not in DE, FR."), rule.evaluate(NEW_YORK));
  }

  @Test
  void deniesNumbersThatCostExtra() throws InterruptedException {
    TestCall costly = TestCall.of("send_sms", "{\"to\": \"+49 900 1 123456\"}");

    assertEquals(
        Verdict.deny("The number in to costs extra."),
        bench.rule("{ argument: to, regions: [DE] }").evaluate(costly));
    assertEquals(
        Verdict.permit(),
        bench.rule("{ argument: to, regions: [DE], premium: true }").evaluate(costly));
  }

  @Test
  void deniesWhatIsNoNumber() throws InterruptedException {
    Rule rule = bench.rule("{ argument: to, regions: [DE] }");
    Verdict noNumber =
        Verdict.deny("In to, a phone number such as +49 30 901820 is expected.");

    assertEquals(noNumber, rule.evaluate(TestCall.of("send_sms", "{}")));
    assertEquals(noNumber, rule.evaluate(TestCall.of("send_sms", "{\"to\": \"030 901820\"}")));
    assertEquals(noNumber, rule.evaluate(TestCall.of("send_sms", "{\"to\": [\"+49 30 901820\"]}")));
  }

  @Test
  void refusesACountryThatThereIsNot() {
    assertEquals(
        "regions/1: expected a country such as \"DE\"; found \"Germany\"",
        bench.refusal("{ argument: to, regions: [FR, Germany] }"));
    assertEquals(
        "regions: expected at least one country; found an empty list",
        bench.refusal("{ argument: to, regions: [] }"));
  }

  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return KindContract.of(new PhoneRegionKind())
        .config("{ argument: to, regions: [DE, FR] }")
        .call(BERLIN)
        .call(NEW_YORK)
        .tests();
  }
}
