package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.StoredAdminToken;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Admin tokens over the admin API. */
class AdminTokensApiTest extends ConsoleFixture {
  private Reply make(String token, String body) {
    return send("POST", "/api/v1/admin-tokens", bearer(token), body);
  }

  private Reply revoke(String token, String name) {
    return send("POST", "/api/v1/admin-tokens/" + name + "/revocation", bearer(token), "{}");
  }

  @Test
  void aTokenIsToldOnceAndGoodAtOnce() {
    Reply made =
        make(
            token(Role.ADMIN),
            "{\"name\":\"ann@ops\",\"role\":\"approver\",\"expires\":\"2026-12-26T10:00:00Z\"}");
    String text = made.json().path("token").asText();

    assertThat(made.status()).isEqualTo(200);
    assertThat(made.json().toString())
        .isEqualTo("{\"name\":\"ann@ops\",\"token\":\"" + text + "\"}");
    assertThat(text).matches("tba_" + state.adminTokens().store() + "_[\\w-]{43}");
    StoredAdminToken stored = state.adminTokens().find(Tokens.sha256Hex(text)).orElseThrow();
    assertThat(stored.expires()).contains(Instant.parse("2026-12-26T10:00:00Z"));
    assertThat(send("GET", "/api/v1/me", bearer(text), "").json().path("role").asText())
        .isEqualTo("approver");
  }

  @Test
  void theyAreListedInPagesWithoutWhatTheyAre() {
    String admin = token(Role.ADMIN);
    token(Role.VIEWER);
    make(admin, "{\"name\":\"ann\",\"role\":\"viewer\",\"expires\":\"2026-11-26T10:00:10Z\"}");
    make(admin, "{\"name\":\"bob\",\"role\":\"policy_manager\"}");
    revoke(admin, "bob");
    now = now.plusSeconds(60);

    Reply first = send("GET", "/api/v1/admin-tokens?limit=3", bearer(admin), "");
    assertThat(first.json().toString())
        .isEqualTo(
            """
            {"items":[\
            {"name":"ann","role":"viewer","valid":false,"created":"2026-11-26T10:00:00Z","expires":"2026-11-26T10:00:10Z"},\
            {"name":"bob","role":"policy_manager","valid":false,"created":"2026-11-26T10:00:00Z","revoked":"2026-11-26T10:00:00Z"},\
            {"name":"the admin","role":"admin","valid":true,"created":"2026-11-26T10:00:00Z"}],\
            "next":"the admin"}\
            """);
    Reply rest = send("GET", "/api/v1/admin-tokens?cursor=the admin&limit=3", bearer(admin), "");
    assertThat(rest.json().path("items").findValuesAsText("name")).containsExactly("the viewer");
    assertThat(rest.json().has("next")).isFalse();
    assertThat(send("GET", "/api/v1/admin-tokens?cursor=x", bearer(admin), "").detail())
        .isEqualTo("cursor: expected the next of a page before; found \"x\".");
  }

  @Test
  void aRevokedTokenIsRefusedAtOnceAndItsSessionsEnd() {
    String admin = token(Role.ADMIN);
    String ann =
        make(admin, "{\"name\":\"ann\",\"role\":\"viewer\"}").json().path("token").asText();
    String cookie = session(ann);
    assertThat(send("GET", "/api/v1/me", Map.of("cookie", cookie), "").status()).isEqualTo(200);

    assertThat(revoke(admin, "ann").json().toString()).isEqualTo("{\"name\":\"ann\"}");

    assertThat(send("GET", "/api/v1/me", bearer(ann), "").detail())
        .isEqualTo("This token was revoked.");
    Reply over = send("GET", "/api/v1/me", Map.of("cookie", cookie), "");
    assertThat(over.status()).isEqualTo(401);
    assertThat(over.detail()).isEqualTo("The token of this session is not valid any more.");
    Reply again = revoke(admin, "ann");
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.detail()).isEqualTo("There is no valid admin token \"ann\".");
  }

  @Test
  void aNameIsTakenForGood() {
    String admin = token(Role.ADMIN);
    make(admin, "{\"name\":\"ann\",\"role\":\"viewer\"}");
    revoke(admin, "ann");

    Reply again = make(admin, "{\"name\":\"ann\",\"role\":\"admin\"}");

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().path("code").asText()).isEqualTo("name_taken");
    assertThat(again.detail()).isEqualTo("There is an admin token \"ann\" already.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"role\":\"viewer\"} | name: expected letters, digits, dots, dashes, underscores and @, 64 at most; found \"\".",
        "{\"name\":\"a b\",\"role\":\"viewer\"} | name: expected letters, digits, dots, dashes, underscores and @, 64 at most; found \"a b\".",
        "{\"name\":\"a\"} | role: expected viewer, approver, policy_manager, admin; found \"\".",
        "{\"name\":\"a\",\"role\":\"boss\"} | role: expected viewer, approver, policy_manager, admin; found \"boss\".",
        "{\"name\":\"a\",\"role\":\"viewer\",\"expires\":\"90d\"} | expires: expected a time to come such as 2027-01-01T00:00:00Z; found \"90d\".",
        "{\"name\":\"a\",\"role\":\"viewer\",\"expires\":\"2026-11-26T10:00:00Z\"} | expires: expected a time to come such as 2027-01-01T00:00:00Z; found \"2026-11-26T10:00:00Z\".",
        "{\"name\":\"a\",\"role\":\"viewer\",\"token\":\"tba_x\"} | The body: expected a JSON object with name, role, expires; found token."
      })
  void whatCannotBeReadIsNotMade(String body, String detail) {
    Reply reply = make(token(Role.ADMIN), body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail()).isEqualTo(detail);
    assertThat(state.adminTokens().list()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"viewer", "approver", "policy_manager"})
  void onlyAdminsMay(String wire) throws IOException {
    token(Role.ADMIN);
    String token = Role.of(wire).map(this::token).orElseThrow();
    String detail =
        "The role "
            + wire
            + " may not make grants and admin tokens, and see the audit trail; that takes admin.";

    for (Reply reply :
        new Reply[] {
          send("GET", "/api/v1/admin-tokens", bearer(token), ""),
          make(token, "{\"name\":\"ann\",\"role\":\"admin\"}"),
          revoke(token, "the%20admin")
        }) {
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.detail()).isEqualTo(detail);
    }

    assertThat(state.adminTokens().list()).hasSize(2).allMatch(it -> it.valid(now));
    assertThat(actions().stream().map(AdminTokensApiTest::shown))
        .containsExactly(
            "refused revoke_admin_token the admin " + detail,
            "refused admin_token ann " + detail,
            "refused read  " + detail);
  }

  private static String shown(JsonNode line) {
    return String.join(
        " ",
        line.path("result").asText(),
        line.path("action").asText(),
        line.path("target").asText(),
        line.path("detail").asText());
  }

  @Test
  void theTrailHasItAsOfACommand() throws IOException {
    String admin = token(Role.ADMIN);
    make(admin, "{\"name\":\"ann\",\"role\":\"viewer\",\"expires\":\"2026-12-26T10:00:00Z\"}");
    make(admin, "{\"name\":\"ann\",\"role\":\"viewer\"}");
    revoke(admin, "ann");
    send("POST", "/api/v1/grants", bearer(admin), "{\"name\":\"ci\",\"labels\":{\"a\":\"b\"}}");
    make(admin, "{\"name\":\"" + "x".repeat(65) + "\",\"role\":\"viewer\"}");

    assertThat(actions().reversed().stream().map(AdminTokensApiTest::shown))
        .containsExactly(
            "done admin_token ann {\"role\":\"viewer\",\"expires\":\"2026-12-26T10:00:00Z\"}",
            "refused admin_token ann There is an admin token \"ann\" already.",
            "done revoke_admin_token ann ",
            "done grant ci {\"labels\":{\"a\":\"b\"}}",
            "refused admin_token  name: expected letters, digits, dots, dashes, underscores and @,"
                + " 64 at most; found \""
                + "x".repeat(65)
                + "\".");
  }
}
