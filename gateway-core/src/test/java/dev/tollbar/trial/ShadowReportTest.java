package dev.tollbar.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rules in shadow would have done, by records. */
class ShadowReportTest {
  private static final String CEILING =
      "{\"rule\":\"ceiling\",\"pointer\":\"/policies/shop/tools/pay/deny_if\",\"kind\":\"deny_if\","
          + "\"plugin\":\"p\",\"verdict\":\"deny\",\"reason\":\"Too much.\",\"shadow\":true}";
  private static final String PERSON =
      "{\"rule\":\"/policies/shop/tools/pay/approval\",\"kind\":\"approval\",\"plugin\":\"p\","
          + "\"verdict\":\"ask\",\"shadow\":true}";
  private static final String NOTHING =
      "{\"rule\":\"quiet\",\"kind\":\"deny_if\",\"plugin\":\"p\",\"verdict\":\"permit\",\"shadow\":true}";
  private static final String REAL =
      "{\"rule\":\"real\",\"kind\":\"deny\",\"plugin\":\"p\",\"verdict\":\"deny\"}";

  @TempDir private Path folder;

  private static String pay(String decision, String... trace) {
    return Records.call("pay", decision, "\"trace\":[" + String.join(",", trace) + "]");
  }

  private ShadowReport report(String records) throws Exception {
    ShadowReport report = new ShadowReport();
    Records.each(folder, records, report::add);
    return report;
  }

  @Test
  void whatAnAgentCallsIsShownAsItIs() throws Exception {
    String text =
        report(
                Records.call(
                    "x\\u001b[2J\\r\\ndecided as before: 999 calls",
                    "permit",
                    "\"trace\":[" + CEILING + "]"))
            .text(Palette.PLAIN);

    assertThat(text)
        .contains("  x\\u001b[2J\\u000d\\u000adecided as before: 999 calls on default: 1 call\n");
  }

  @Test
  void countsCallsAndNotLines() throws Exception {
    ShadowReport report =
        report(
            pay("permit", CEILING, CEILING, PERSON, NOTHING)
                + pay("permit", CEILING).replace("12:00", "13:30").replace("local", "laptop")
                + pay("deny", CEILING, REAL)
                + pay("permit", NOTHING)
                + pay("deny", REAL));

    assertThat(report.text(Palette.PLAIN))
        .isEqualTo(
            """
            5 calls, first 2026-11-26T12:00:00Z, last 2026-11-26T13:30:00Z
            rules in shadow would have denied or asked: 3 calls

            ceiling (/policies/shop/tools/pay/deny_if) of policy shop would have denied 3 calls by laptop (1), local (2)
              Too much.
              pay on default: 3 calls
              first 2026-11-26T12:00:00Z, last 2026-11-26T13:30:00Z
              denied anyway, by other rules: 1 call

            /policies/shop/tools/pay/approval of policy shop would have asked for 1 call by local
              pay on default: 1 call
              at 2026-11-26T12:00:00Z
            """);
    assertThat(report.json().at("/rules/0/calls").asInt()).isEqualTo(3);
    assertThat(report.json().at("/rules/0/permitted").asInt()).isEqualTo(2);
    assertThat(report.json().at("/rules/1/would").asText()).isEqualTo("ask");
    assertThat(report.json().at("/concerned/calls").asInt()).isEqualTo(3);
  }

  @Test
  void saysThatThereIsNothingToSay() throws Exception {
    assertThat(report(pay("permit", NOTHING)).text(Palette.PLAIN))
        .isEqualTo(
            """
            1 call, at 2026-11-26T12:00:00Z
            no rule in shadow would have denied or asked anything
            """);
  }
}
