package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
import static dev.tollbar.legacy.LegacyServer.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.legacy.LegacyServer.Stream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients of one grant on the one pipe to a modern server. */
class SharedLineTest {
  private final LegacyServer server = new LegacyServer();
  private final BlockingQueue<Stream> calls = server.streams("tools/call");
  private final BlockingQueue<Stream> listens = server.streams("subscriptions/listen");
  private final SharedLine line = new SharedLine(server.connect());
  private final ModernAgent agent = new ModernAgent(line);

  @AfterEach
  void close() {
    line.close();
  }

  @Test
  void everyRequestGetsAnIdAndATokenOfItsOwn() throws Exception {
    server.answers("tools/list", "{ \"tools\":[],\"n\":2.50}");
    ModernAgent client = agent.id("\"x\"").meta("\"progressToken\":\"t\"");
    String request = client.request("tools/list", "\"cursor\":\"\\u0061\"");

    assertThat(ModernAgent.text(client.raw("tools/list", request)))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{ \"tools\":[],\"n\":2.50}}");
    assertThat(client.ask("tools/list", "")).contains("\"id\":\"x\"");

    assertThat(server.line(0).texts().getFirst())
        .isEqualTo(
            request
                .replace("\"id\":\"x\"", "\"id\":1")
                .replace("\"progressToken\":\"t\"", "\"progressToken\":1"));
    assertThat(server.line(0).texts().getLast()).contains("\"id\":2,");
  }

  @ParameterizedTest
  @CsvSource({"-32601, 404", "-32021, 400", "-32602, 200"})
  void errorsHaveTheStatusThatGoesWithThem(int code, int status) throws Exception {
    server.answers(
        "tools/list",
        (_, message) -> single(message, "\"error\":{\"code\":" + code + ",\"message\":\"m\"}"));

    UpstreamReply reply = agent.send("tools/list", "");

    assertThat(ModernAgent.single(reply).status()).isEqualTo(status);
    assertThat(ModernAgent.text(reply)).contains("\"code\":" + code);
  }

  private static String progress(String token) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
        + token
        + "}}";
  }

  private static String changed(String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
        + id
        + "}}}";
  }

  @Test
  void whatNamesARequestReachesItOnWhateverReplyItComes() throws Exception {
    ModernAgent client = agent.id("5").meta("\"progressToken\":\"t\"");
    CompletableFuture<UpstreamReply> listening = client.begin("subscriptions/listen", "");
    Stream listen = next(listens);
    listen.says(changed(listen.id().orElseThrow().json()));
    UpstreamReply.Events changes = ModernAgent.events(listening.get());
    assertThat(ModernAgent.next(changes)).isEqualTo(changed("5"));
    CompletableFuture<UpstreamReply> calling = client.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(calls);

    // A pipe's messages come on the youngest call's reply.
    call.says(changed(listen.id().orElseThrow().json()));
    call.says(progress(call.id().orElseThrow().json()));
    call.answers("\"result\":{}");

    assertThat(ModernAgent.next(changes)).isEqualTo(changed("5"));
    UpstreamReply.Events events = ModernAgent.events(calling.get());
    assertThat(ModernAgent.next(events)).isEqualTo(progress("\"t\""));
    assertThat(ModernAgent.next(events)).contains("\"id\":5,\"result\"");
    assertThat(ModernAgent.next(events)).isEqualTo("(end)");
  }

  @Test
  void theEndOfASubscriptionNamesTheClientsId() throws Exception {
    CompletableFuture<UpstreamReply> listening =
        agent.id("\"s\"").begin("subscriptions/listen", "");
    Stream listen = next(listens);
    String id = listen.id().orElseThrow().json();

    listen.answers(
        "\"result\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":" + id + "}}");

    assertThat(ModernAgent.text(listening.get()))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"result\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"s\"}}}");
  }

  @Test
  void whatNamesNobodyIsForTheCallThatItCameTo() throws Exception {
    CompletableFuture<UpstreamReply> calling = agent.begin("tools/call", "\"name\":\"a\"");
    String log =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\"}}";
    next(calls).says(log);

    assertThat(ModernAgent.next(ModernAgent.events(calling.get()))).isEqualTo(log);
  }

  @Test
  void closingEarlyCancels() throws Exception {
    CompletableFuture<UpstreamReply> calling =
        agent.meta("\"progressToken\":1").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(calls);
    call.says(progress(call.id().orElseThrow().json()));
    UpstreamReply.Events events = ModernAgent.events(calling.get());
    ModernAgent.next(events);

    events.close();

    assertThat(next(server.line(0).told)).isEqualTo(cancelled(call));
    assertThat(ModernAgent.next(events)).isEqualTo("(end)");
    next(call.closed);
  }

  private static String cancelled(Stream call) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
        + call.id().orElseThrow().json()
        + "}}";
  }

  @Test
  void anInterruptCancels() throws Exception {
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
    Stream call = next(calls);

    client.interrupt();

    assertThat(next(server.line(0).told)).isEqualTo(cancelled(call));
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void requestsOfTheServerGoNowhere() throws Exception {
    CompletableFuture<UpstreamReply> calling = agent.begin("tools/call", "\"name\":\"a\"");
    next(calls).asks(1, "roots/list", "{}").answers("\"result\":{\"n\":1}");

    assertThat(ModernAgent.text(calling.get())).contains("\"n\":1");
    assertThat(server.line(0).told).isEmpty();
  }

  @Test
  void aStreamThatEndsWithoutAnAnswerIsAFailure() throws Exception {
    CompletableFuture<UpstreamReply> calling =
        agent.meta("\"progressToken\":1").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(calls);
    call.says(progress(call.id().orElseThrow().json())).ends();
    UpstreamReply.Events events = ModernAgent.events(calling.get());
    ModernAgent.next(events);

    assertThatThrownBy(() -> ModernAgent.next(events))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
  }

  @Test
  void aFailureBeforeTheFirstByteIsTheTransportsOwn() {
    server.line(0).lose(Reason.BROKEN, false);

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(UpstreamException.class, e -> assertThat(e.delivered()).isFalse());
    assertThat(line.alive()).isFalse();
  }

  @Test
  void bytesThatAreNoMessageAreNotSent() {
    assertThatThrownBy(() -> agent.raw("tools/list", "{\"id\":1"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
    assertThat(server.line(0).texts()).isEmpty();
  }
}
