package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.identity.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that is odd, forged or too late; and what is done over the API beside decisions. */
class AdminApiInputTest extends ConsoleFixture {
  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "1.5", "9999999999999999999"})
  void aStreamCannotGoOnAfterWhatIsNoEvent(String id) {
    Reply reply =
        send(
            "GET",
            "/api/v1/events",
            Map.of("authorization", "Bearer " + token(Role.VIEWER), "last-event-id", id),
            "");

    assertThat(reply.json().toString())
        .isEqualTo(
            "{\"type\":\"urn:tollbar:problem:bad_request\",\"title\":\"Bad request\",\"status\":400,"
                + "\"detail\":\"Last-Event-ID: expected the id of an event, a whole number; found \\\""
                + id
                + "\\\".\",\"code\":\"bad_request\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "%00",
        "tollbar_session_7401=x"
      })
  void aForgedSessionIsNoSession(String id) {
    Reply reply = send("GET", "/api/v1/me", Map.of("cookie", "tollbar_session_7401=" + id), "");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().toString())
        .isEqualTo(
            "{\"type\":\"urn:tollbar:problem:session_over\",\"title\":\"Not logged in\",\"status\":401,"
                + "\"detail\":\"The session is over. Log in again.\",\"code\":\"session_over\"}");
  }

  @Test
  void aSessionOfAnotherPortIsNoneAndAnExpiredOneIsOver() {
    String cookie = session(token(Role.ADMIN));

    assertThat(
            send("GET", "/api/v1/me", Map.of("cookie", cookie.replace("7401", "7402")), "")
                .detail())
        .isEqualTo("Log in, or send Authorization: Bearer TOKEN.");
    now = now.plus(Duration.ofHours(9));
    assertThat(send("GET", "/api/v1/me", Map.of("cookie", cookie), "").detail())
        .isEqualTo("The session is over. Log in again.");
  }

  @Test
  void theDocumentSaysWhetherItsFileIsShownAsAWhole() {
    String shown = "{\"name\":\"gateway.yaml\",\"revision\":\"" + "a".repeat(64) + "\",";
    String viewer = token(Role.VIEWER);
    gateway.document = FakeGateway.document(Optional.of("broken"), Optional.empty());
    assertThat(send("GET", "/api/v1/document", bearer(viewer), "").json().toString())
        .isEqualTo(
            shown
                + "\"text\":\"version: \\\"2\\\"\\n\",\"files\":{},\"edited\":\"broken\","
                + "\"changed\":[],\"problems\":[]}");

    gateway.document = FakeGateway.document(Optional.of("bro"), Optional.of(3_000_000L));
    assertThat(send("GET", "/api/v1/document", bearer(viewer), "").json().toString())
        .contains("\"edited\":\"bro\",\"edited_bytes\":3000000,");
  }

  private Reply explain(String token, String body) {
    return send("POST", "/api/v1/explanation", bearer(token), body);
  }

  @Test
  void aCallIsExplainedAsItIsDescribed() {
    String viewer = token(Role.VIEWER);

    assertThat(
            explain(
                    viewer,
                    "{\"grant\":\"ci\",\"server\":\"files\",\"prompt\":\"p\",\"arguments\":{\"a\":1.50},\"session\":\"s\"}")
                .json()
                .path("words")
                .asText())
        .isEqualTo(
            "AskedCall[grant=Optional[ci], server=Optional[files], section=PROMPTS, name=p,"
                + " arguments={\"a\":1.50}, session=Optional[s]]\n");
    Reply ill = explain(viewer, "{\"tool\":\"t\",\"server\":\"ill\"}");
    assertThat(ill.status()).isEqualTo(503);
    assertThat(ill.detail()).isEqualTo("the grants cannot be read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | The body: expected one of tool, prompt, resource; found none of them.",
        "{\"tool\":\"a\",\"resource\":\"b\"} | The body: expected one of tool, prompt, resource; found tool and resource.",
        "{\"tool\":\"a\",\"clock\":1} | The body: expected a JSON object with grant, server, tool, prompt, resource, arguments, session; found clock.",
        "{\"tool\":\"\"} | tool: expected a text; found something else.",
        "{\"tool\":\"a\",\"grant\":1} | grant: expected a text; found something else.",
        "{\"tool\":\"a\",\"arguments\":[]} | arguments: expected a JSON object; found something else."
      })
  void aCallThatIsNotDescribedIsNotExplained(String body, String detail) {
    Reply reply = explain(token(Role.VIEWER), body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail()).isEqualTo(detail);
  }

  @Test
  void anApprovalIsShownBesideTheLastOneLikeIt() {
    ask("ap_1", 1, "{\"amount\":15,\"path\":\"plan.md\"}");
    String admin = token(Role.ADMIN);
    decide("ap_1", "approve", admin);
    state.approvals().use("ap_1", now);
    now = now.plusSeconds(60);
    ask("ap_2", 1, "{\"amount\":150.00,\"path\":\"plan.md\"}");

    JsonNode shown = send("GET", "/api/v1/approvals/ap_2", bearer(admin), "").json();
    assertThat(shown.path("compared").toString())
        .isEqualTo(
            "{\"with\":\"ap_1\",\"made\":\"2026-11-26T10:00:00Z\",\"lines\":["
                + "{\"change\":\"changed\",\"pointer\":\"/amount\",\"now\":150.0,\"before\":15},"
                + "{\"change\":\"same\",\"pointer\":\"/path\",\"now\":\"plan.md\",\"before\":\"plan.md\"}]}");
    assertThat(shown.path("deliveries")).isEmpty();
    assertThat(send("GET", "/api/v1/approvals/ap_1", bearer(admin), "").json().has("compared"))
        .isFalse();
  }

  @Test
  void messagesThatNobodyHasTakenAreShownTriedAgainAndForgotten() throws IOException {
    String approver = token(Role.APPROVER);
    String viewer = token(Role.VIEWER);
    giveUp("ap_1");
    giveUp("ap_2");

    assertThat(
            send("GET", "/api/v1/dead-letters", bearer(viewer), "")
                .json()
                .path("items")
                .findValuesAsText("approval"))
        .containsExactlyInAnyOrder("ap_1", "ap_2");
    assertThat(send("POST", "/api/v1/dead-letters/ap_1/redelivery", bearer(viewer), "{}").status())
        .isEqualTo(403);
    assertThat(
            send("POST", "/api/v1/dead-letters/ap_1/redelivery", bearer(approver), "{}")
                .json()
                .toString())
        .isEqualTo("{\"approval\":\"ap_1\",\"state\":\"waiting\"}");
    assertThat(
            send("POST", "/api/v1/dead-letters/ap_1/redelivery", bearer(approver), "{}").detail())
        .isEqualTo("No message about this approval was given up.");
    assertThat(
            send("POST", "/api/v1/dead-letters/ap_2/dismissal", bearer(approver), "{}")
                .json()
                .toString())
        .isEqualTo("{\"dismissed\":1}");
    assertThat(
            send("POST", "/api/v1/dead-letters/dismissal", bearer(approver), "{}")
                .json()
                .toString())
        .isEqualTo("{\"dismissed\":0}");
    assertThat(actions().stream().map(line -> line.path("action").asText()))
        .contains("redeliver", "dismiss");
  }

  @Test
  void grantsAreMadeAndRevoked() {
    String admin = token(Role.ADMIN);
    Reply made =
        send(
            "POST",
            "/api/v1/grants",
            bearer(admin),
            "{\"name\":\"laptop\",\"servers\":{\"files\":\"work\"},\"expires\":\"2026-12-26T10:00:00Z\"}");

    assertThat(made.json().path("token").asText()).matches("tb_[\\w-]{43}");
    assertThat(state.grants().list())
        .singleElement()
        .satisfies(grant -> {
          assertThat(grant.tokenSha256())
              .isEqualTo(Tokens.sha256Hex(made.json().path("token").asText()));
          assertThat(grant.servers()).isEqualTo(Map.of("files", "work"));
          assertThat(grant.expires()).contains(Instant.parse("2026-12-26T10:00:00Z"));
        });
    assertThat(send("POST", "/api/v1/grants", bearer(admin), "{\"name\":\"laptop\"}").detail())
        .isEqualTo("There is a grant \"laptop\" already.");
    assertThat(send("POST", "/api/v1/grants/laptop/revocation", bearer(admin), "").status())
        .isEqualTo(200);
    assertThat(send("POST", "/api/v1/grants/laptop/revocation", bearer(admin), "").detail())
        .isEqualTo("There is no valid stored grant of this name.");
    assertThat(state.grants().list().getFirst().revoked()).contains(now);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | name: expected letters, digits, dots, dashes and underscores, 64 at most; found \"\".",
        "{\"name\":\"a b\"} | name: expected letters, digits, dots, dashes and underscores, 64 at most; found \"a b\".",
        "{\"name\":\"a\",\"servers\":[]} | servers: expected a JSON object of texts; found something else.",
        "{\"name\":\"a\",\"labels\":{\"x\":1}} | labels: expected a JSON object of texts; found something else.",
        "{\"name\":\"a\",\"expires\":\"90d\"} | expires: expected a time to come such as 2027-01-01T00:00:00Z; found \"90d\".",
        "{\"name\":\"a\",\"expires\":\"2020-01-01T00:00:00Z\"} | expires: expected a time to come such as 2027-01-01T00:00:00Z; found \"2020-01-01T00:00:00Z\"."
      })
  void aGrantThatCannotBeReadIsNotMade(String body, String detail) {
    assertThat(send("POST", "/api/v1/grants", bearer(token(Role.ADMIN)), body).detail())
        .isEqualTo(detail);
    assertThat(state.grants().list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "approve | The body: expected a JSON object with decision, comment; found no JSON.",
        "[1] | The body: expected a JSON object with decision, comment; found something else.",
        "{\"decision\":\"yes\"} | decision: expected approve or deny; found \"yes\".",
        "{\"decision\":\"deny\",\"by\":\"me\"} | The body: expected a JSON object with decision, comment; found by.",
        "{\"decision\":\"deny\",\"comment\":7} | comment: expected a text; found something else."
      })
  void aDecisionThatCannotBeReadChangesNothing(String body, String detail) {
    ask("ap_1", 1);

    Reply reply = send("POST", "/api/v1/approvals/ap_1/decision", bearer(token(Role.ADMIN)), body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail()).isEqualTo(detail);
    assertThat(state.approvals().find("ap_1").orElseThrow().answers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/approvals?status=open | status: expected pending, approved, denied, expired, used, withdrawn, all; found \"open\".",
        "/approvals?limit=0 | limit: expected a whole number from 1 to 500; found \"0\".",
        "/approvals?limit=1&limit=2 | limit: expected it once; found it 2 times.",
        "/approvals?cursor=x | cursor: expected the next of a page before; found \"x\".",
        "/records?since=today | since: expected a time such as 2026-11-26T10:00:00Z; found \"today\".",
        "/records?decision=maybe | decision: expected permit, deny; found \"maybe\".",
        "/records/first | The record: expected its seq, a whole number; found \"first\".",
        "/records/99 | There is no record with the seq 99.",
        "/approvals?limit=501 | limit: expected a whole number from 1 to 500; found \"501\".",
        "/approvals?limit=1e3 | limit: expected a whole number from 1 to 500; found \"1e3\".",
        "/approvals?limit=99999999999999999999 | limit: expected a whole number from 1 to 500; found \"99999999999999999999\".",
        "/records?cursor=0 | cursor: expected a whole number from 1 to 9223372036854775807; found \"0\".",
        "/records?cursor=-1 | cursor: expected a whole number from 1 to 9223372036854775807; found \"-1\".",
        "/revisions?cursor=x | cursor: expected a whole number from 1 to 9223372036854775807; found \"x\".",
        "/traffic?minutes=1441 | minutes: expected a whole number from 1 to 1440; found \"1441\".",
        "/me?a=1&b=2 | Expected no parameters; found a, b.",
        "/diff?form=1 | Expected the parameters from, to; found form.",
        "/servers/none/tools | There is no such server.",
        "/nothing | The admin API has no /api/v1/nothing."
      })
  void aQuestionThatCannotBeReadIsToldWhatWasExpected(String path, String detail) {
    assertThat(get(path, Role.VIEWER).detail()).isEqualTo(detail);
  }
}
