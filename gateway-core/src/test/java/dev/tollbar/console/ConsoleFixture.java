package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.audit.RecordSchema;
import dev.tollbar.http.AdminReply;
import dev.tollbar.http.AdminRequest;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Delivery;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.StoredAdminToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The console of a gateway without servers, on a data folder of its own. */
abstract class ConsoleFixture {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  static final String HOST = "127.0.0.1:7401";

  @TempDir Path data;
  Instant now = Instant.parse("2026-11-26T10:00:00Z");
  EmbeddedState state;
  DecisionLog log;
  FakeGateway gateway;
  Traffic traffic;
  Console console;

  @BeforeEach
  void open() throws IOException {
    state = EmbeddedState.open(data, () -> now);
    log = DecisionLog.open(data, DecisionLog.Settings.defaults());
    gateway = new FakeGateway(state.approvals(), () -> now);
    traffic = new Traffic(() -> now);
    console =
        new Console(
            new Console.Parts(
                gateway,
                new Logins(state.adminTokens(), () -> now, new SecureRandom()),
                state,
                new DecisionPages(data),
                log,
                traffic,
                () -> now));
  }

  @AfterEach
  void close() throws IOException {
    console.close();
    log.close();
    state.close();
    RecordSchema.checkFolder(data);
  }

  record Reply(int status, Map<String, String> headers, JsonNode json) {
    String detail() {
      return json.path("detail").asText();
    }
  }

  String token(Role role) {
    String text = Tokens.newAdminToken(new SecureRandom(), state.adminTokens().store());
    state
        .adminTokens()
        .add(
            new StoredAdminToken(
                "the " + role.wire(),
                role.wire(),
                Tokens.sha256Hex(text),
                now,
                Optional.empty(),
                Optional.empty()));
    return text;
  }

  AdminReply answer(String method, String pathAndQuery, Map<String, String> headers, String body) {
    String[] parts = pathAndQuery.split("\\?", 2);
    Map<String, List<String>> query = new HashMap<>();
    if (parts.length > 1) {
      for (String pair : parts[1].split("&", -1)) {
        String[] it = pair.split("=", 2);
        query.computeIfAbsent(it[0], _ -> new ArrayList<>()).add(it.length > 1 ? it[1] : "");
      }
    }
    Map<String, String> all = new HashMap<>(headers);
    all.put("host", HOST);
    return console.handle(
        new AdminRequest(
            method, parts[0], query, all, body.getBytes(StandardCharsets.UTF_8), "127.0.0.1"));
  }

  Reply send(String method, String pathAndQuery, Map<String, String> headers, String body) {
    AdminReply.Whole reply = (AdminReply.Whole) answer(method, pathAndQuery, headers, body);
    try {
      return new Reply(reply.status(), reply.headers(), JSON.readTree(reply.body()));
    } catch (IOException e) {
      return new Reply(reply.status(), reply.headers(), JSON.missingNode());
    }
  }

  static Map<String, String> bearer(String token) {
    return Map.of("authorization", "Bearer " + token);
  }

  Reply get(String path, Role role) {
    return send("GET", "/api/v1" + path, bearer(token(role)), "");
  }

  Approval ask(String id, int approvers) {
    return ask(id, approvers, "{\"path\":\"plan.md\"}");
  }

  Approval ask(String id, int approvers, String arguments) {
    return ask(id, approvers, arguments, Optional.empty());
  }

  Approval ask(String id, int approvers, String arguments, Optional<String> webhook) {
    return state
        .approvals()
        .open(
            new Approval(
                id,
                "binding of " + id,
                "laptop",
                "files",
                "write_file",
                arguments,
                "/tools/write_file/approval",
                "It writes.",
                webhook,
                FakeGateway.REVISION,
                approvers,
                now,
                now.plusSeconds(600),
                List.of(),
                Optional.empty()),
            now)
        .approval();
  }

  List<JsonNode> actions() throws IOException {
    log.close();
    return new DecisionPages(data)
        .before(Long.MAX_VALUE, 100, 1_000, entry -> entry.json().has("event")).entries().stream()
            .map(entry -> (JsonNode) entry.json())
            .toList();
  }

  Reply decide(String id, String decision, String token) {
    return send(
        "POST",
        "/api/v1/approvals/" + id + "/decision",
        bearer(token),
        "{\"decision\":\"" + decision + "\"}");
  }

  void giveUp(String id) {
    Approval asked = ask(id, 1, "{\"id\":\"" + id + "\"}", Optional.of("ops"));
    Delivery claimed =
        state.deliveries().claim("ops", now, now, now.plusSeconds(60), 10).stream()
            .filter(it -> it.approval().equals(asked.id()))
            .findFirst()
            .orElseThrow();
    state.deliveries().settle(claimed, Delivery.State.DEAD, now, "gone", now);
  }

  String session(String token) {
    Reply reply =
        send(
            "POST",
            "/api/v1/login",
            Map.of("x-tollbar-console", "1", "origin", "http://" + HOST),
            "{\"token\":\"" + token + "\"}");
    assertThat(reply.status()).isEqualTo(200);
    String cookie = String.valueOf(reply.headers().get("Set-Cookie"));
    assertThat(cookie)
        .matches("tollbar_session_7401=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict");
    return cookie.substring(0, cookie.indexOf(';'));
  }
}
