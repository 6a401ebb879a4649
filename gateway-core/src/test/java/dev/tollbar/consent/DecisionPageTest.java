package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.consent.LinkDesk.Shown;
import dev.tollbar.state.Approval;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecisionPageTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static Approval approval(String tool, String arguments, Optional<Instant> used) {
    return new Approval(
        "ap_1",
        "binding",
        "laptop",
        "tickets",
        tool,
        arguments,
        "/tools/pay/approval",
        "More than <100>.",
        Optional.empty(),
        "5fe1",
        1,
        NOON,
        NOON.plus(Duration.ofMinutes(15)),
        List.of(),
        used);
  }

  private static String page(Purpose purpose, Approval approval, Optional<Approval> last) {
    return DecisionPage.of(new Shown.Asked(approval, purpose, last, NOON)).html();
  }

  @Test
  void showsTheWholeCall() {
    String page =
        page(
            Purpose.DECIDE,
            approval("pay", "{\"amount\":150.00}", Optional.empty()),
            Optional.empty());

    assertThat(page)
        .contains("<h1>May this be done: pay on tickets?</h1>")
        .contains("<dd>grant laptop</dd>")
        .contains("<dd>More than &lt;100&gt;.</dd>")
        .contains("<dd>15 minutes</dd>")
        .contains("<tr class=\"same\"><td>/amount</td><td>150.00</td></tr>")
        .contains(">Approve</button>")
        .contains(">Deny</button>");
  }

  @Test
  void hasTheButtonOfItsLinkOnly() {
    Approval approval = approval("pay", "{}", Optional.empty());

    assertThat(page(Purpose.APPROVE, approval, Optional.empty()))
        .contains(">Approve</button>")
        .doesNotContain(">Deny</button>");
    assertThat(page(Purpose.DENY, approval, Optional.empty()))
        .contains(">Deny</button>")
        .doesNotContain(">Approve</button>");
  }

  @Test
  void marksWhatDiffersFromTheLastTime() {
    String page =
        page(
            Purpose.DECIDE,
            approval("pay", "{\"amount\":150.00,\"note\":\"x\",\"to\":\"c_1\"}", Optional.empty()),
            Optional.of(
                approval("pay", "{\"amount\":15,\"old\":1,\"to\":\"c_1\"}", Optional.of(NOON))));

    assertThat(page)
        .contains("<tr class=\"changed\"><td>/amount</td><td>150.00</td><td>15</td></tr>")
        .contains("<tr class=\"added\"><td>/note</td><td>&quot;x&quot;</td><td>(none)</td></tr>")
        .contains("<tr class=\"removed\"><td>/old</td><td>(none)</td><td>1</td></tr>")
        .contains("<tr class=\"same\"><td>/to</td>");
  }

  @Test
  void nothingOfACallBecomesMarkupOrHides() {
    String page =
        page(
            Purpose.DECIDE,
            approval(
                "<script>x</script>",
                "{\"a\":\"</td><img src=x onerror=alert(1)>\\u202e\u202egnp.exe\"}",
                Optional.empty()),
            Optional.empty());

    assertThat(page)
        .doesNotContain("<script")
        .doesNotContain("<img")
        .doesNotContain("\u202e")
        .contains("&lt;/td&gt;&lt;img src=x onerror=alert(1)&gt;");
  }

  @Test
  void thePolicyPermitsNothingButItsOwnStyle() throws Exception {
    String page = DecisionPage.refused(410, "Gone.").html();
    String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));

    assertThat(DecisionPage.CONTENT_SECURITY_POLICY)
        .isEqualTo(
            "default-src 'none'; style-src 'sha256-"
                + Base64.getEncoder().encodeToString(digest)
                + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    assertThat(page).doesNotContain(" style=").doesNotContain("http");
  }

  @Test
  void saysWhyNothingHasHappened() {
    assertThat(DecisionPage.of(new Shown.Refused(410, "approval_used", "Used.")))
        .satisfies(page -> assertThat(page.status()).isEqualTo(410))
        .satisfies(
            page -> assertThat(page.html()).contains("<p>Used.</p><p>Nothing has changed.</p>"));
  }
}
