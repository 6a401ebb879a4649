package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
import static dev.tollbar.legacy.LegacyServer.single;
import static dev.tollbar.legacy.LegacyServer.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamSession;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server's era is found out, and which lines follow from it. */
class EraLinesTest {
  private static final String DISCOVERED =
      "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}";

  private final LegacyServer server = new LegacyServer();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final EraLines lines =
      new EraLines("tickets", server, "9.9", now::get, new SecureRandom(), Duration.ofMillis(200));

  @AfterEach
  void close() {
    lines.close();
  }

  private void later(Duration by) {
    now.updateAndGet(it -> it.plus(by));
  }

  private LegacyServer modern() {
    return server.answers("server/discover", DISCOVERED).answers("tools/list", "{\"tools\":[]}");
  }

  @Test
  void asksWithAModernRequest() throws Exception {
    server.separates = true;
    modern();

    lines.forRequests("laptop");

    UpstreamMessage asked = next(server.line(0).requests);
    assertThat(new String(asked.bytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{},\"io.modelcontextprotocol/clientInfo\":{\"name\":\"tollbar\",\"version\":\"9.9\"}}}}");
    assertThat(asked.protocolRevision()).contains("2026-07-28");
    assertThat(asked.headers()).containsEntry("Mcp-Method", "server/discover");
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|\"result\":{\"supportedVersions\":[\"2026-07-28\"]}|MODERN",
        "200|\"result\":{\"supportedVersions\":[\"2031-01-01\",\"2026-07-28\"]}|MODERN",
        "400|\"error\":{\"code\":-32020,\"message\":\"m\"}|MODERN",
        "400|\"error\":{\"code\":-32021,\"message\":\"m\"}|MODERN",
        "400|\"error\":{\"code\":-32022,\"message\":\"m\"}|MODERN",
        "200|\"result\":{\"supportedVersions\":[\"2031-01-01\"]}|LEGACY",
        "200|\"result\":{}|LEGACY",
        "200|\"error\":{\"code\":-32601,\"message\":\"m\"}|LEGACY",
        "404|\"error\":{\"code\":-32601,\"message\":\"m\"}|LEGACY",
        "400|\"error\":{\"code\":-32000,\"message\":\"No session\"}|LEGACY"
      })
  void anAnswerDecides(int status, String member, Era era) throws Exception {
    server.separates = true;
    server.answers(
        "server/discover", (_, message) -> single(status, LegacyServer.response(message, member)));

    assertThat(lines.forRequests("laptop"))
        .isInstanceOf(era == Era.MODERN ? WatchedLine.class : ModernOverLegacy.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 406, 415})
  void aRefusalDecides(int status) throws Exception {
    server.separates = true;
    server.answers(
        "server/discover",
        (_, _) -> {
          throw new UpstreamException(Reason.REFUSED, true, status, "refused");
        });

    assertThat(lines.forRequests("laptop")).isInstanceOf(ModernOverLegacy.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 408, 429, 500, 502, 503})
  void aRefusalOfTheCallerAndAnOutageDecideNothing(int status) throws Exception {
    server.separates = true;
    server.answers(
        "server/discover",
        (_, _) -> {
          throw new UpstreamException(Reason.REFUSED, true, status, "refused");
        });

    assertThatThrownBy(() -> lines.forRequests("laptop"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.status()).isEqualTo(status));

    modern();
    assertThat(lines.forRequests("laptop")).isInstanceOf(WatchedLine.class);
  }

  @Test
  void aRefusalWithABodyDecidesNothingEither() {
    server.separates = true;
    server.answers(
        "server/discover",
        (_, message) ->
            single(
                401,
                LegacyServer.response(message, "\"error\":{\"code\":-32000,\"message\":\"m\"}")));

    assertThatThrownBy(() -> lines.forRequests("laptop"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.status()).isEqualTo(401));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"UNREACHABLE", "BROKEN", "TIMEOUT", "MALFORMED", "EXHAUSTED"})
  void anOutageDecidesNothing(Reason reason) {
    server.separates = true;
    server.answers(
        "server/discover",
        (_, _) -> {
          throw new UpstreamException(reason, true, 0, "out");
        });

    assertThatThrownBy(() -> lines.forRequests("laptop"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void aServerBehindAPipeThatDiesOfTheQuestionIsLegacy() throws Exception {
    server.answers(
        "server/discover",
        (_, _) -> {
          throw new UpstreamException(Reason.BROKEN, true, 0, "died");
        });

    assertThat(lines.forRequests("laptop")).isInstanceOf(ModernOverLegacy.class);
    assertThat(server.line(0).closed).isTrue();
  }

  @Test
  void aServerBehindAPipeThatSaysNothingIsLegacy() throws Exception {
    CountDownLatch silence = new CountDownLatch(1);
    server.answers(
        "server/discover",
        (_, message) -> {
          silence.await();
          return single(message, "\"result\":{}");
        });

    assertThat(lines.forRequests("laptop")).isInstanceOf(ModernOverLegacy.class);
    assertThat(server.line(0).closed).isTrue();
  }

  @Test
  void aModernServerOverHttpHasOneLineForAll() throws Exception {
    server.separates = true;
    modern();

    UpstreamSession first = lines.forRequests("laptop");

    assertThat(lines.forRequests("phone")).isSameAs(first);
    new ModernAgent(first).ask("tools/list", "");
    assertThat(server.line(1).texts()).singleElement().asString().contains("\"id\":1,");
  }

  @Test
  void aModernServerBehindAPipeHasALineForEachGrant() throws Exception {
    modern();

    UpstreamSession first = lines.forRequests("laptop");

    assertThat(first).isInstanceOf(SharedLine.class);
    assertThat(lines.forRequests("laptop")).isSameAs(first);
    assertThat(lines.forRequests("phone")).isNotSameAs(first);
  }

  @Test
  void aLegacyServerHasALineForEachGrant() throws Exception {
    UpstreamSession first = lines.forRequests("laptop");

    assertThat(lines.forRequests("laptop")).isSameAs(first);
    assertThat(lines.forRequests("phone")).isNotSameAs(first);
    assertThat(server.sessions()).isEqualTo(1);
  }

  @Test
  void aLineThatEndedIsOpenedAnew() throws Exception {
    modern();
    UpstreamSession first = lines.forRequests("laptop");
    server.line(1).lose(Reason.BROKEN, true);

    assertThat(lines.forRequests("laptop")).isNotSameAs(first);
    assertThat(server.line(1).closed).isTrue();
  }

  @Test
  void aLineThatDoesNotSayWhetherItIsAliveHoldsUpNobodyElse() throws Exception {
    modern();
    UpstreamSession first = lines.forRequests("laptop");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    server.line(1).whenAsked =
        () -> {
          asked.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    AtomicReference<UpstreamSession> answer = new AtomicReference<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                answer.set(lines.forRequests("laptop"));
              } catch (UpstreamException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    asked.await();

    assertThat(lines.forRequests("phone")).isNotSameAs(first);
    assertThat(lines.forRequests("desktop")).isNotSameAs(first);

    end.countDown();
    waiting.join();
    assertThat(answer.get()).isSameAs(first);
  }

  @Test
  void anAnswerHoldsForTenMinutesAndIsAskedForAgainThen() throws Exception {
    UpstreamSession legacy = lines.forRequests("laptop");
    later(EraLines.BELIEVED.minusSeconds(1));
    assertThat(lines.forRequests("laptop")).isSameAs(legacy);
    assertThat(server.sessions()).isEqualTo(1);
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    CountDownLatch held = new CountDownLatch(1);
    server.answers(
        "server/discover",
        (_, message) -> {
          asked.add("again");
          held.await();
          return single(message, "\"result\":" + DISCOVERED);
        });

    later(Duration.ofSeconds(1));
    // While the server is asked, what was known holds.
    assertThat(lines.forRequests("laptop")).isSameAs(legacy);
    next(asked);
    held.countDown();

    until(() -> !legacy.alive());
    assertThat(lines.forRequests("laptop")).isInstanceOf(SharedLine.class);
  }

  @Test
  void aServerThatSpeaksAgainstItsAnswerIsAskedAtOnce() throws Exception {
    server.separates = true;
    modern();
    UpstreamSession modern = lines.forRequests("laptop");
    later(EraLines.AT_MOST_EVERY);
    server
        .answers(
            "tools/list",
            (_, _) -> {
              throw new UpstreamException(Reason.REFUSED, true, 400, "no session");
            })
        .answers(
            "server/discover",
            (_, message) -> single(message, "\"error\":{\"code\":-32000,\"message\":\"m\"}"));

    assertThatThrownBy(() -> new ModernAgent(modern).ask("tools/list", ""))
        .isInstanceOf(UpstreamException.class);

    assertThat(lines.forRequests("laptop")).isInstanceOf(ModernOverLegacy.class);
    assertThat(modern.alive()).isFalse();
  }

  @Test
  void aLegacyServerThatRefusesToBeInitialisedIsAskedAtOnce() throws Exception {
    server.separates = true;
    UpstreamSession legacy = lines.forRequests("laptop");
    later(EraLines.AT_MOST_EVERY);
    modern()
        .answers(
            "initialize",
            (_, message) -> single(message, "\"error\":{\"code\":-32022,\"message\":\"too old\"}"));

    assertThatThrownBy(() -> new ModernAgent(legacy).ask("tools/list", ""))
        .isInstanceOf(UpstreamException.class);

    assertThat(lines.forRequests("laptop")).isInstanceOf(WatchedLine.class);
  }

  @Test
  void aClientThatIsRefusedAllTheTimeDoesNotMakeTheGatewayAsk() throws Exception {
    server.separates = true;
    modern()
        .answers(
            "tools/list",
            (_, _) -> {
              throw new UpstreamException(Reason.REFUSED, true, 400, "no");
            });
    UpstreamSession modern = lines.forRequests("laptop");

    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> new ModernAgent(modern).ask("tools/list", ""))
          .isInstanceOf(UpstreamException.class);
      assertThat(lines.forRequests("laptop")).isSameAs(modern);
    }

    assertThat(server.sessions()).isEqualTo(2);
  }

  @Test
  void sessionsOfClientsAreTheirOwn() throws Exception {
    UpstreamSession first = lines.forSession();

    assertThat(lines.forSession()).isNotSameAs(first);
    assertThatThrownBy(() -> lines.resume("token"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SESSION_LOST));
    lines.close();
    assertThat(first.alive()).isTrue();
  }

  @Test
  void sweepingEndsIdleSessions() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    new ModernAgent(lines.forRequests("laptop")).ask("tools/list", "");
    later(LegacyLines.IDLE);

    lines.sweep();

    assertThat(server.line(1).closed).isTrue();
  }

  @Test
  void closingEndsWhatIsShared() throws Exception {
    modern();
    UpstreamSession shared = lines.forRequests("laptop");

    lines.close();

    assertThat(shared.alive()).isFalse();
    assertThatThrownBy(() -> lines.forRequests("laptop"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
  }
}
