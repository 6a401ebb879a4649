package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
import static dev.tollbar.legacy.LegacyServer.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.legacy.LegacyServer.Line;
import dev.tollbar.legacy.LegacyServer.Stream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sessions that the gateway holds for modern clients. */
class LegacyLinesTest {
  private final LegacyServer server = new LegacyServer();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicInteger refused = new AtomicInteger();
  private final ModernOverLegacy line =
      new ModernOverLegacy(server, "9.9", new SecureRandom(), now::get, refused::incrementAndGet);
  private final ModernAgent agent = new ModernAgent(line);

  @AfterEach
  void close() {
    line.close();
  }

  private static String text(UpstreamMessage message) {
    return new String(message.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void beginsASessionWithWhatTheClientDeclaredAndTheGatewayCanCarry() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");

    agent
        .can(
            "{\"sampling\":{\"tools\":{},\"x\":{}},\"roots\":{\"listChanged\":true},\"extensions\":{\"a/b\":{}},\"elicitation\":{}}")
        .ask("tools/list", "");

    Line session = server.line(0);
    UpstreamMessage initialize = next(session.requests);
    assertThat(text(initialize))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"elicitation\":{},\"roots\":{},\"sampling\":{\"tools\":{}}},\"clientInfo\":{\"name\":\"tollbar\",\"version\":\"9.9\"}}}");
    assertThat(initialize.protocolRevision()).isEmpty();
    assertThat(session.told)
        .containsExactly("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
  }

  @Test
  void speaksTheRevisionThatTheServerChose() throws Exception {
    server.revision = "2024-11-05";
    server.answers("tools/list", "{\"tools\":[]}");

    agent.ask("tools/list", "");

    assertThat(server.line(0).request("tools/list").protocolRevision()).contains("2024-11-05");
  }

  @Test
  void clientsThatCanDoTheSameShareASession() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");

    agent.can("{\"roots\":{},\"sampling\":{}}").ask("tools/list", "");
    agent.can("{\"sampling\":{},\"roots\":{}}").ask("tools/list", "");
    assertThat(server.sessions()).isEqualTo(1);

    agent.can("{}").ask("tools/list", "");
    assertThat(server.sessions()).isEqualTo(2);
  }

  @Test
  void theSessionThatWasNotUsedForLongestMakesRoom() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    for (int i = 0; i < 5; i++) {
      now.set(Instant.ofEpochSecond(i));
      agent.can("{\"elicitation\":{\"form\":{\"n\":" + i + "}}}").ask("tools/list", "");
    }

    assertThat(server.line(0).closed).isTrue();
    assertThat(server.line(1).closed).isFalse();
  }

  @Test
  void sessionsInUseMakeNoRoom() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    List<CompletableFuture<UpstreamReply>> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String capabilities = "{\"elicitation\":{\"form\":{\"n\":" + i + "}}}";
      open.add(agent.can(capabilities).begin("tools/call", "\"name\":\"slow\""));
      next(streams);
    }

    assertThatThrownBy(() -> agent.can("{}").ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EXHAUSTED);
              assertThat(e.delivered()).isFalse();
            });
    assertThat(open).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void aSessionThatNobodyUsesForTenMinutesIsEnded() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    agent.ask("tools/list", "");

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(9)));
    line.sweep();
    assertThat(server.line(0).closed).isFalse();

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(10)));
    line.sweep();
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"SESSION_LOST, true, 404", "SESSION_LOST, false, 0", "BROKEN, false, 0"})
  void aLostSessionIsBegunAnewAndTheRequestSentAgain(Reason reason, boolean delivered, int status)
      throws Exception {
    server.answers("tools/call", "{\"content\":[]}");
    agent.ask("tools/call", "\"name\":\"a\"");
    // The transport shows only with the next message that the session is gone.
    AtomicInteger calls = new AtomicInteger();
    server.answers(
        "tools/call",
        (session, message) -> {
          if (calls.getAndIncrement() == 0) {
            session.lose(reason, delivered);
            throw new UpstreamException(reason, delivered, status, "gone");
          }
          return single(message, "\"result\":{\"content\":[]}");
        });

    String reply = agent.ask("tools/call", "\"name\":\"b\"");

    assertThat(reply).contains("\"content\":[]");
    assertThat(server.sessions()).isEqualTo(2);
    assertThat(server.line(1).texts()).hasSize(1);
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"BROKEN", "SESSION_LOST"})
  void aRequestThatMayHaveBeenExecutedIsNotSentAgain(Reason reason) {
    server.answers(
        "tools/call",
        (session, _) -> {
          session.lose(reason, true);
          throw new UpstreamException(reason, true, 0, "died");
        });

    assertThatThrownBy(() -> agent.ask("tools/call", "\"name\":\"b\""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
    assertThat(server.sessions()).isEqualTo(1);
  }

  @Test
  void aRequestWhoseStreamCannotBeGoneOnWithIsNotSentAgain() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    next(call.line().listening);
    call.line().lose(Reason.SESSION_LOST, true);

    call.says("id: e1\nretry: 1\n", "").ends();

    assertThatThrownBy(reply::get)
        .cause()
        .isInstanceOfSatisfying(UpstreamException.class, e -> assertThat(e.delivered()).isTrue());
    assertThat(server.sessions()).isEqualTo(1);
  }

  @Test
  void aLogLevelThatFindsTheSessionLostIsSetInTheNextOne() throws Exception {
    server.capabilities = "{\"logging\":{}}";
    server.answers("tools/call", "{}").answers("logging/setLevel", "{}");
    agent.ask("tools/call", "\"name\":\"a\"");
    AtomicInteger turns = new AtomicInteger();
    server.answers(
        "logging/setLevel",
        (session, message) -> {
          if (turns.getAndIncrement() == 0) {
            session.lose(Reason.SESSION_LOST, true);
            throw new UpstreamException(Reason.SESSION_LOST, true, 404, "gone");
          }
          return single(message, "\"result\":{}");
        });

    assertThat(ModernAgent.text(logging("debug").get())).contains("\"result\"");
    assertThat(turns).hasValue(2);
  }

  @Test
  void aSessionThatIsLostTwiceIsGivenUp() {
    server.answers(
        "tools/call",
        (session, _) -> {
          session.lose(Reason.SESSION_LOST, true);
          throw new UpstreamException(Reason.SESSION_LOST, true, 404, "gone");
        });

    assertThatThrownBy(() -> agent.ask("tools/call", "\"name\":\"b\""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
    assertThat(server.sessions()).isEqualTo(2);
  }

  @Test
  void aServerThatRefusesTheHandshakeIsDoubted() {
    server.answers(
        "initialize",
        (_, message) -> single(message, "\"error\":{\"code\":-32601,\"message\":\"no\"}"));

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.REFUSED);
              assertThat(e.delivered()).isFalse();
            });
    assertThat(refused).hasValue(1);
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1999-01-01", "2026-07-28"})
  void aServerThatChoosesAnUnknownRevisionIsNotUsed(String revision) {
    server.revision = revision;

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    assertThat(server.line(0).closed).isTrue();
  }

  @Test
  void closingEndsAllSessions() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    agent.ask("tools/list", "");
    agent.can("{}").ask("tools/list", "");

    line.close();

    assertThat(server.line(0).closed).isTrue();
    assertThat(server.line(1).closed).isTrue();
    assertThat(line.alive()).isFalse();
    assertThatThrownBy(() -> agent.ask("tools/list", "")).isInstanceOf(UpstreamException.class);
  }

  private CompletableFuture<UpstreamReply> logging(String level) {
    return agent
        .meta("\"io.modelcontextprotocol/logLevel\":\"" + level + "\"")
        .begin("tools/call", "\"name\":\"a\"");
  }
}
