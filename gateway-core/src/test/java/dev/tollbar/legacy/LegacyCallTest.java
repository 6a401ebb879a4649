package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.legacy.LegacyServer.Line;
import dev.tollbar.legacy.LegacyServer.Stream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server says while it works on the call of a modern client, and how that ends early. */
class LegacyCallTest {
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

  @Test
  void equalIdsAndTokensOfTwoClientsDoNotMeet() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    ModernAgent client = agent.meta("\"progressToken\":\"t\"");
    CompletableFuture<UpstreamReply> first = client.begin("tools/call", "\"name\":\"a\"");
    Stream one = next(streams);
    CompletableFuture<UpstreamReply> second = client.begin("tools/call", "\"name\":\"b\"");
    Stream two = next(streams);
    assertThat(one.id()).isNotEqualTo(two.id());

    two.says(progress(two, 2)).answers("\"result\":{\"n\":2}");
    one.says(progress(one, 1)).answers("\"result\":{\"n\":1}");

    UpstreamReply.Events ones = ModernAgent.events(first.get());
    assertThat(ModernAgent.next(ones)).isEqualTo(progress("\"t\"", 1));
    assertThat(ModernAgent.next(ones)).contains("\"id\":1").contains("\"n\":1");
    assertThat(ModernAgent.next(ones)).isEqualTo("(end)");
    UpstreamReply.Events twos = ModernAgent.events(second.get());
    assertThat(ModernAgent.next(twos)).isEqualTo(progress("\"t\"", 2));
    assertThat(ModernAgent.next(twos)).contains("\"id\":1").contains("\"n\":2");
  }

  private static String progress(Stream stream, int progress) {
    return progress(stream.id().orElseThrow().json(), progress);
  }

  private static String progress(String token, int progress) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
        + token
        + ",\"progress\":"
        + progress
        + "}}";
  }

  @Test
  void progressThatComesOnAnotherStreamReachesItsCall() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    next(call.line().listening).says(progress(call, 1));

    UpstreamReply.Events events = ModernAgent.events(reply.get());

    assertThat(ModernAgent.next(events)).isEqualTo(progress("5", 1));
    call.answers("\"result\":{}");
    assertThat(ModernAgent.next(events)).contains("\"result\"");
  }

  @Test
  void eventsAreRelayedWhenTheyArriveAndWithoutIds() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);

    call.says("id: 1\nretry: 5\n", progress(call, 1));
    UpstreamReply.Events events = ModernAgent.events(reply.get());
    assertThat(new String(events.next().orElseThrow().raw(), StandardCharsets.UTF_8))
        .isEqualTo("event: message\ndata: " + progress("5", 1) + "\n\n");

    call.says(progress(call, 2));
    assertThat(ModernAgent.next(events)).isEqualTo(progress("5", 2));
  }

  @Test
  void progressThatNobodyAskedForIsDropped() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);

    call.says(progress(call, 1)).says("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/other\"}");
    call.answers("\"result\":{}");

    assertThat(ModernAgent.text(reply.get())).contains("\"result\"");
  }

  @Test
  void logMessagesReachOnlyWhoAskedForThem() throws Exception {
    server.capabilities = "{\"logging\":{}}";
    server.answers("logging/setLevel", "{}");
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> asked =
        agent
            .meta("\"io.modelcontextprotocol/logLevel\":\"warning\"")
            .begin("tools/call", "\"name\":\"a\"");
    Stream loud = next(streams);
    CompletableFuture<UpstreamReply> silent = agent.begin("tools/call", "\"name\":\"b\"");
    Stream quiet = next(streams);

    quiet.says(log("error")).answers("\"result\":{}");
    loud.says(log("info")).says(log("error")).answers("\"result\":{}");

    assertThat(ModernAgent.text(silent.get())).contains("\"result\"");
    UpstreamReply.Events events = ModernAgent.events(asked.get());
    assertThat(ModernAgent.next(events)).isEqualTo(log("error"));
    assertThat(ModernAgent.next(events)).contains("\"result\"");
  }

  private static String log(String level) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\""
        + level
        + "\",\"data\":1}}";
  }

  @Test
  void theSessionHasTheLowestLevelThatIsWanted() throws Exception {
    server.capabilities = "{\"logging\":{}}";
    server.answers("logging/setLevel", "{}");
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> first = logging("warning");
    Stream one = next(streams);
    CompletableFuture<UpstreamReply> second = logging("debug");
    next(streams).answers("\"result\":{}");
    second.get();
    CompletableFuture<UpstreamReply> third = logging("error");
    Stream three = next(streams);

    one.answers("\"result\":{}");
    three.answers("\"result\":{}");
    first.get();
    third.get();

    assertThat(server.line(0).texts().stream().filter(text -> text.contains("setLevel")))
        .extracting(text -> text.replaceAll(".*\"level\":\"(\\w+)\".*", "$1"))
        .containsExactly("warning", "debug", "warning");
  }

  private CompletableFuture<UpstreamReply> logging(String level) {
    return agent
        .meta("\"io.modelcontextprotocol/logLevel\":\"" + level + "\"")
        .begin("tools/call", "\"name\":\"a\"");
  }

  @Test
  void aServerWithoutLogsIsNotAskedForThem() throws Exception {
    server.answers("tools/call", "{}");

    logging("debug").get();

    assertThat(server.line(0).texts()).noneMatch(text -> text.contains("setLevel"));
  }

  @Test
  void aStreamThatEndsEarlyIsGoneOnWith() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    assertThat(next(call.line().listening).id()).isEmpty();

    call.says("id: e1\nretry: 1\n", "").ends();

    Stream rest = next(call.line().listening);
    assertThat(rest.id().orElseThrow().json()).isEqualTo("\"e1\"");
    rest.says("id: e2\n", progress(call, 1)).ends();
    Stream more = next(call.line().listening);
    assertThat(more.id().orElseThrow().json()).isEqualTo("\"e2\"");
    more.says(LegacyServer.response(call.id().orElseThrow(), "\"result\":{}"));

    UpstreamReply.Events events = ModernAgent.events(reply.get());
    assertThat(ModernAgent.next(events)).isEqualTo(progress("5", 1));
    assertThat(ModernAgent.next(events)).contains("\"id\":1,\"result\"");
    assertThat(next(call.line().listening).id()).isEmpty();
  }

  @Test
  void aStreamThatCannotBeGoneOnWithIsAFailure() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");

    next(streams).ends();

    assertThatThrownBy(reply::get)
        .cause()
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
  }

  // --- cancellation

  @Test
  void anInterruptCancelsAtTheServer() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                agent.ask("tools/call", "\"name\":\"a\"");
              } catch (UpstreamException | InterruptedException e) {
                ended.complete(e);
              }
            });
    Stream call = next(streams);

    client.interrupt();

    assertThat(call.line().told()).isEqualTo(cancelled(call));
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
    next(call.closed);
  }

  @Test
  void anInterruptCancelsWhatTheServerHasNotBegunToAnswer() throws Exception {
    CompletableFuture<Line> in = new CompletableFuture<>();
    server.answers(
        "tools/call",
        (session, _) -> {
          in.complete(session);
          new CompletableFuture<Void>().join();
          throw new IllegalStateException("nobody completes it");
        });
    Thread client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                agent.ask("tools/call", "\"name\":\"a\"");
              } catch (UpstreamException | InterruptedException e) {
                // as it should be
              }
            });

    Line session = in.get();
    client.interrupt();

    assertThat(session.told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":2}}");
  }

  private static String cancelled(Stream call) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
        + call.id().orElseThrow().json()
        + "}}";
  }

  @Test
  void closingTheEventsEarlyCancelsAtTheServer() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    call.says(progress(call, 1));

    reply.get().close();

    assertThat(call.line().told()).isEqualTo(cancelled(call));
    next(call.closed);
  }

  @Test
  void closingAfterTheAnswerCancelsNothing() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    call.says(progress(call, 1)).answers("\"result\":{}");
    UpstreamReply.Events events = ModernAgent.events(reply.get());
    ModernAgent.next(events);
    ModernAgent.next(events);

    events.close();
    server.answers("tools/list", "{}");
    agent.ask("tools/list", "");

    assertThat(call.line().told).noneMatch(text -> text.contains("cancelled"));
  }

  // --- requests of the server that are not for the client

  @Test
  void theGatewayItselfAnswersPing() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams).asks(0, "ping", "{}");

    assertThat(call.line().told()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}");
    call.answers("\"result\":{}");
    assertThat(ModernAgent.text(reply.get())).contains("\"result\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|made/up|{}|-32601|The gateway does not know this method.",
        "{}|tasks/get|{}|-32601|The client does not know this method.",
        "{}|roots/list|{}|-32601|The client has not declared roots.",
        "{}|sampling/createMessage|{}|-32601|The client has not declared sampling.",
        "{}|elicitation/create|{}|-32601|The client has not declared elicitation.",
        "{\"sampling\":{}}|sampling/createMessage|{\"tools\":[]}|-32602|The client has not declared tools for sampling.",
        "{\"elicitation\":{}}|elicitation/create|{\"mode\":\"url\"}|-32602|The client has not declared this mode of elicitation.",
        "{\"elicitation\":{\"url\":{}}}|elicitation/create|{}|-32602|The client has not declared this mode of elicitation."
      })
  void whatTheClientCannotDoIsRefusedToTheServer(
      String capabilities, String method, String params, int code, String message)
      throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.can(capabilities).begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams).asks(9, method, params);

    assertThat(call.line().told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":"
                + code
                + ",\"message\":\""
                + message
                + "\"}}");
    call.answers("\"result\":{}");
    assertThat(ModernAgent.text(reply.get())).contains("\"result\"");
  }
}
