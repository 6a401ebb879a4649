package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.audit.ChainCheck;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.http.AdminReply;
import dev.tollbar.http.AdminRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminApiTest extends ConsoleFixture {
  @Test
  void whoeverSendsNoTokenIsTold() {
    Reply reply = send("GET", "/api/v1/approvals", Map.of(), "");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.headers())
        .containsEntry("Content-Type", "application/problem+json")
        .containsEntry("WWW-Authenticate", "Bearer realm=\"tollbar\"")
        .containsEntry("Cache-Control", "no-store");
    assertThat(reply.json().toString())
        .isEqualTo(
            "{\"type\":\"urn:tollbar:problem:no_token\",\"title\":\"Not logged in\",\"status\":401,"
                + "\"detail\":\"Log in, or send Authorization: Bearer TOKEN.\",\"code\":\"no_token\"}");
  }

  @Test
  void aWrongTokenIsRefusedAndRecorded() throws IOException {
    assertThat(send("GET", "/api/v1/me", bearer("tb_abc"), "").json().path("code").asText())
        .isEqualTo("not_an_admin_token");

    assertThat(actions())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.path("who").asText()).isEqualTo("(unknown)");
          assertThat(line.path("action").asText()).isEqualTo("authenticate");
          assertThat(line.path("result").asText()).isEqualTo("refused");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "viewer, decide, decide approvals; that takes approver or admin.",
    "policy_manager, decide, decide approvals; that takes approver or admin.",
    "viewer, rollback, change the document; that takes policy_manager or admin.",
    "approver, rollback, change the document; that takes policy_manager or admin.",
    "approver, read, 'make grants and admin tokens, and see the audit trail; that takes admin.'"
  })
  void aWrongRoleIsRefusedAndRecordedAndNothingElseChanges(String wire, String action, String may)
      throws IOException {
    Role role = Role.of(wire).orElseThrow();
    ask("ap_1", 1);
    Reply reply =
        switch (action) {
          case "decide" ->
              send(
                  "POST",
                  "/api/v1/approvals/ap_1/decision",
                  bearer(token(role)),
                  "{\"decision\":\"approve\"}");
          case "rollback" ->
              send(
                  "POST",
                  "/api/v1/revisions/aaaa/rollback",
                  bearer(token(role)),
                  "{\"force\":true}");
          default -> get("/audit", role);
        };

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.detail()).isEqualTo("The role " + wire + " may not " + may);
    assertThat(state.approvals().find("ap_1").orElseThrow().answers()).isEmpty();
    JsonNode line = actions().getFirst();
    assertThat(line.path("who").asText()).isEqualTo("the " + wire);
    assertThat(line.path("role").asText()).isEqualTo(wire);
    assertThat(line.path("action").asText()).isEqualTo(action);
    assertThat(line.path("result").asText()).isEqualTo("refused");
    assertThat(line.path("detail").asText()).isEqualTo(reply.detail());
  }

  @Test
  void anApproverDecidesInTheNameOfTheTokenAndThatIsRecordedInTheChain() throws IOException {
    ask("ap_1", 1);

    Reply reply =
        send(
            "POST",
            "/api/v1/approvals/ap_1/decision",
            bearer(token(Role.APPROVER)),
            "{\"decision\":\"approve\",\"comment\":\"Fine.\"}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("status").asText()).isEqualTo("approved");
    assertThat(reply.json().path("answers").toString())
        .isEqualTo(
            "[{\"decision\":\"approve\",\"by\":\"the approver\",\"comment\":\"Fine.\",\"at\":\"2026-11-26T10:00:00Z\"}]");
    JsonNode line = actions().getFirst();
    assertThat(line.path("action").asText()).isEqualTo("decide");
    assertThat(line.path("target").asText()).isEqualTo("ap_1");
    assertThat(line.path("result").asText()).isEqualTo("done");
    assertThat(line.path("detail").asText())
        .isEqualTo("{\"decision\":\"approve\",\"comment\":\"Fine.\"}");
    List<String> faults = new ArrayList<>();
    new ChainCheck(
            data.resolve("chain.key"),
            Optional.empty(),
            finding -> faults.add(finding.text()),
            _ -> {})
        .folder(data);
    assertThat(faults).isEmpty();
  }

  @Test
  void everyDecisionThatComesTooLateHasAReason() {
    String approver = token(Role.APPROVER);
    ask("ap_used", 1);
    ask("ap_two", 2);
    ask("ap_old", 1);

    assertThat(decide("ap_used", "approve", approver).status()).isEqualTo(200);
    assertThat(decide("ap_used", "approve", approver).detail())
        .isEqualTo("Approval ap_used is approved already.");
    state.approvals().use("ap_used", now);
    assertThat(decide("ap_used", "deny", approver).detail())
        .isEqualTo("Approval ap_used is used already.");
    assertThat(decide("ap_two", "approve", approver).status()).isEqualTo(200);
    assertThat(decide("ap_two", "approve", approver).detail())
        .isEqualTo("Approval ap_two has an answer of the approver already.");
    assertThat(decide("ap_two", "deny", approver).status()).isEqualTo(200);
    assertThat(decide("ap_two", "deny", approver).detail())
        .isEqualTo("Approval ap_two is denied already.");
    now = now.plusSeconds(600);
    Reply late = decide("ap_old", "approve", approver);
    assertThat(late.detail()).isEqualTo("Approval ap_old has expired.");
    assertThat(late.status()).isEqualTo(409);
    assertThat(decide("ap_none", "approve", approver).detail())
        .isEqualTo("There is no approval \"ap_none\".");
  }

  @Test
  void whatIsNotServedIsSaidAndHow() {
    Reply reply = send("DELETE", "/api/v1/approvals", bearer(token(Role.ADMIN)), "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.headers()).containsEntry("Allow", "GET");
    assertThat(send("GET", "/api/v2", Map.of(), "").detail())
        .isEqualTo("There is nothing here. The admin API is at /api/v1.");
  }

  @Test
  void approvalsComeInPages() {
    for (int i = 1; i <= 5; i++) {
      now = now.plusSeconds(1);
      ask("ap_" + i, 1);
    }
    Reply first = get("/approvals?status=pending&limit=2", Role.VIEWER);
    String next = first.json().path("next").asText();
    Reply second =
        send("GET", "/api/v1/approvals?limit=3&cursor=" + next, bearer(token(Role.ADMIN)), "");

    assertThat(first.json().path("items").findValuesAsText("id")).containsExactly("ap_5", "ap_4");
    assertThat(second.json().path("items").findValuesAsText("id"))
        .containsExactly("ap_3", "ap_2", "ap_1");
    assertThat(second.json().has("next")).isFalse();
  }

  @Test
  void aSessionReadsByItsCookieAndActsOnlyFromItsOwnPage() {
    String cookie = session(token(Role.APPROVER));
    ask("ap_1", 1);

    assertThat(send("GET", "/api/v1/me", Map.of("cookie", "a=b; " + cookie), "").status())
        .isEqualTo(200);
    for (Map<String, String> foreign :
        List.of(
            Map.of("cookie", cookie),
            Map.of("cookie", cookie, "x-tollbar-console", "1", "origin", "http://127.0.0.1:3000"),
            Map.of("cookie", cookie, "x-tollbar-console", "1", "sec-fetch-site", "same-site"),
            Map.of("cookie", cookie, "origin", "http://" + HOST))) {
      Reply refused =
          send("POST", "/api/v1/approvals/ap_1/decision", foreign, "{\"decision\":\"approve\"}");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.detail())
          .isEqualTo(
              "This has to come from the gateway's own page: expected its Origin and the header"
                  + " X-Tollbar-Console.");
    }
    Map<String, String> own =
        Map.of(
            "cookie",
            cookie,
            "x-tollbar-console",
            "1",
            "origin",
            "http://" + HOST,
            "sec-fetch-site",
            "same-origin");
    assertThat(
            send("POST", "/api/v1/approvals/ap_1/decision", own, "{\"decision\":\"approve\"}")
                .status())
        .isEqualTo(200);
    assertThat(send("POST", "/api/v1/logout", own, "").status()).isEqualTo(204);
    assertThat(send("GET", "/api/v1/me", Map.of("cookie", cookie), "").json().path("code").asText())
        .isEqualTo("session_over");
  }

  @Test
  void theCookieIsSecureBehindTls() {
    Reply reply =
        send(
            "POST",
            "/api/v1/login",
            Map.of("x-tollbar-console", "1", "x-forwarded-proto", "https"),
            "{\"token\":\"" + token(Role.VIEWER) + "\"}");

    assertThat(reply.headers().get("Set-Cookie")).endsWith("; SameSite=Strict; Secure");
  }

  @Test
  void nothingIsDoneThatCannotBeRecorded() throws IOException {
    ask("ap_1", 1);
    log.close();

    Reply reply = decide("ap_1", "approve", token(Role.ADMIN));

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.detail())
        .isEqualTo("This cannot be recorded, so it is not done: the decision log is closed");
    assertThat(state.approvals().find("ap_1").orElseThrow().answers()).isEmpty();
  }

  @Test
  void aStoreThatCannotBeUsedIsSaid() {
    String token = token(Role.ADMIN);
    state.close();

    Reply reply = send("GET", "/api/v1/approvals", bearer(token), "");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.json().path("code").asText()).isEqualTo("store_unavailable");
  }

  @Test
  void recordsAreFilteredAndPaged() throws Exception {
    for (int i = 0; i < 6; i++) {
      DecisionRecord.Builder record = DecisionRecord.at(now.plusSeconds(i));
      record.server("files").tool("t" + i % 2).method("tools/call");
      log.append((i % 3 == 0 ? record.permit() : record.deny("limit", "Too many.")).build());
    }
    log.close();

    Reply denied = get("/records?decision=deny&tool=t1&limit=1", Role.VIEWER);
    assertThat(denied.json().path("items").findValuesAsText("seq")).containsExactly("6");
    Reply rest =
        send(
            "GET",
            "/api/v1/records?decision=deny&tool=t1&cursor=" + denied.json().path("next").asText(),
            bearer(token(Role.ADMIN)),
            "");
    assertThat(rest.json().path("items").findValuesAsText("seq")).containsExactly("2");
    assertThat(get("/records/3", Role.POLICY_MANAGER).json().path("tool").asText()).isEqualTo("t0");
  }

  @Test
  void countsDecisionsByTheMinute() {
    DecisionRecord.Builder denied = DecisionRecord.at(now).deny("limit", "Too many.");
    traffic.count(DecisionRecord.at(now.minusSeconds(120)).permit().build(), "files");
    traffic.count(denied.build(), "files");
    traffic.count(denied.grant("ci").build(), "other");

    JsonNode all = get("/traffic?minutes=4&interval=2", Role.VIEWER).json();
    assertThat(all.path("intervals").toString())
        .isEqualTo(
            "[{\"at\":\"2026-11-26T09:58:00Z\",\"permit\":1,\"deny\":0,\"codes\":{}},"
                + "{\"at\":\"2026-11-26T10:00:00Z\",\"permit\":0,\"deny\":2,\"codes\":{\"limit\":2}}]");
    JsonNode mine =
        send("GET", "/api/v1/traffic?minutes=1&grant=ci", bearer(token(Role.ADMIN)), "").json();
    assertThat(mine.path("intervals").path(0).path("deny").asInt()).isEqualTo(1);
  }

  @Test
  void aRollbackThatWouldLoseChangesIsRefusedAndOneWithForceIsDone() {
    String manager = token(Role.POLICY_MANAGER);

    Reply refused = send("POST", "/api/v1/revisions/aaaa/rollback", bearer(manager), "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("code").asText()).isEqualTo("would_lose_changes");
    Reply done =
        send("POST", "/api/v1/revisions/aaaa/rollback", bearer(manager), "{\"force\":true}");
    assertThat(done.json().path("in_force").asBoolean()).isTrue();
    assertThat(
            send("POST", "/api/v1/revisions/aaaa/rollback", bearer(manager), "{\"force\":1}")
                .detail())
        .isEqualTo("force: expected true or false; found something else.");
  }

  @Test
  void tellsWhoListensWhatHappens() throws Exception {
    LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    String admin = token(Role.ADMIN);
    AdminReply.Events stream =
        (AdminReply.Events)
            console.handle(
                new AdminRequest(
                    "GET", "/api/v1/events", Map.of(), bearer(admin), new byte[0], "127.0.0.1"));
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                stream.source().run(text -> events.addAll(List.of(text.split("(?<=\n\n)"))));
              } catch (IOException | InterruptedException e) {
                events.add("ended: " + e);
              }
            });

    assertThat(next(events)).startsWith("retry: ");
    assertThat(next(events)).startsWith("event: revision\ndata: {\"revision\":\"aaaa");
    assertThat(next(events)).startsWith("event: health\ndata: {\"status\":\"up\"");
    ask("ap_1", 1);
    assertThat(next(events))
        .startsWith("event: approval\ndata: {\"id\":\"ap_1\",\"status\":\"pending\"");
    decide("ap_1", "deny", admin);
    assertThat(next(events)).contains("\"status\":\"denied\"");
    log.append(DecisionRecord.at(now).tool("t").permit().build());
    assertThat(next(events)).startsWith("id: 2\nevent: decision\ndata: {\"seq\":2,");
    gateway.up = false;
    assertThat(next(events)).startsWith("event: health\ndata: {\"status\":\"degraded\"");
    state.adminTokens().revoke("the admin", now);
    assertThat(next(events)).isEqualTo("event: over\ndata: {}\n\n");
    reader.join();
  }

  private static String next(LinkedBlockingQueue<String> events) throws InterruptedException {
    return String.valueOf(events.poll(30, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "app.js", "preact.js", "console.css", "icon.svg", "theme.js"})
  void thePageMayReachNothingButTheGateway(String file) {
    Reply reply = send("GET", "/console/" + file, Map.of(), "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().get("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self';")
        .doesNotContain("unsafe", "*", "http");
    assertThat(reply.headers()).containsEntry("X-Content-Type-Options", "nosniff");
    Reply again =
        send(
            "GET",
            "/console/" + file,
            Map.of("if-none-match", String.valueOf(reply.headers().get("ETag"))),
            "");
    assertThat(again.status()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../AdminApi.class", "%2e%2e/x.js", "none.js", "page/app.js", "app.js.map"})
  void thePageHasNoOtherFiles(String file) {
    assertThat(send("GET", "/console/" + file, Map.of(), "").status()).isEqualTo(404);
  }
}
