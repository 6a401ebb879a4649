package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
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
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions of modern clients on a server that has a GET stream. */
class ListenerTest {
  private static final String EVERYTHING =
      "\"notifications\":{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true,\"resourceSubscriptions\":[\"a:1\",\"a:2\"]}";
  private static final String TOOLS = "\"notifications\":{\"toolsListChanged\":true}";
  private static final String CHANGED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

  private final LegacyServer server = new LegacyServer();
  private final ModernOverLegacy line =
      new ModernOverLegacy(server, "1", new SecureRandom(), () -> Instant.EPOCH, () -> {});
  private final ModernAgent agent = new ModernAgent(line);

  @BeforeEach
  void offer() {
    server.capabilities =
        "{\"tools\":{\"listChanged\":true},\"prompts\":{},\"resources\":{\"listChanged\":true,\"subscribe\":true}}";
    server.answers("resources/subscribe", "{}").answers("resources/unsubscribe", "{}");
  }

  @AfterEach
  void close() {
    line.close();
  }

  private UpstreamReply.Events listen(ModernAgent client, String notifications) throws Exception {
    return ModernAgent.events(client.send("subscriptions/listen", notifications));
  }

  private static String text(UpstreamMessage message) {
    return new String(message.bytes(), StandardCharsets.UTF_8);
  }

  private static String acknowledged(String granted, String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{\"notifications\":{"
        + granted
        + "},\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
        + id
        + "}}}";
  }

  private static String updated(String uri) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\""
        + uri
        + "\"}}";
  }

  private static String marked(String uri, String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
        + id
        + "},\"uri\":\""
        + uri
        + "\"}}";
  }

  @Test
  void acknowledgesWhatTheServerCanTell() throws Exception {
    UpstreamReply.Events events = listen(agent.id("\"s\""), EVERYTHING);

    assertThat(ModernAgent.next(events))
        .isEqualTo(
            acknowledged(
                "\"toolsListChanged\":true,\"resourcesListChanged\":true,\"resourceSubscriptions\":[\"a:1\",\"a:2\"]",
                "\"s\""));
    assertThat(server.line(0).texts())
        .containsExactly(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"a:1\"}}",
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"a:2\"}}");
  }

  @Test
  void doesNotAcknowledgeWhatTheServerRefuses() throws Exception {
    server.answers(
        "resources/subscribe",
        (_, message) -> {
          String text = text(message);
          return LegacyServer.single(
              message,
              text.contains("a:1") ? "\"error\":{\"code\":1,\"message\":\"\"}" : "\"result\":{}");
        });

    assertThat(
            ModernAgent.next(
                listen(agent, "\"notifications\":{\"resourceSubscriptions\":[\"a:1\",\"a:2\"]}")))
        .isEqualTo(acknowledged("\"resourceSubscriptions\":[\"a:2\"]", "1"));
  }

  @Test
  void withNothingToTellTheStreamEndsAtOnce() throws Exception {
    server.streams = false;

    UpstreamReply.Events events = listen(agent, EVERYTHING);

    assertThat(ModernAgent.next(events)).isEqualTo(acknowledged("", "1"));
    assertThat(ModernAgent.next(events)).isEqualTo(ended("1"));
    assertThat(ModernAgent.next(events)).isEqualTo("(end)");
  }

  private static String ended(String id) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"result\":{\"resultType\":\"complete\",\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
        + id
        + ",\"io.modelcontextprotocol/serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}}}";
  }

  @Test
  void malformedWishesAreRefused() throws Exception {
    assertThat(agent.ask("subscriptions/listen", "\"notifications\":[]"))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"Member \\\"params.notifications\\\" must be an object, and its \\\"resourceSubscriptions\\\" a list of at most 1000 URIs.\"}}");
  }

  @Test
  void oneStreamOfTheServerIsForAllListeners() throws Exception {
    UpstreamReply.Events first = listen(agent.id("\"s\""), EVERYTHING);
    UpstreamReply.Events second = listen(agent.id("8"), TOOLS);
    ModernAgent.next(first);
    ModernAgent.next(second);
    Stream stream = next(server.line(0).listening);

    stream.says(updated("a:2")).says(CHANGED).says(updated("a:3")).says(updated("a:1"));

    assertThat(ModernAgent.next(first)).isEqualTo(marked("a:2", "\"s\""));
    assertThat(ModernAgent.next(first))
        .isEqualTo(
            "{\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"s\"}},\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
    assertThat(ModernAgent.next(first)).isEqualTo(marked("a:1", "\"s\""));
    assertThat(ModernAgent.next(second))
        .isEqualTo(
            "{\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":8}},\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
    assertThat(server.line(0).listening).isEmpty();
    assertThat(server.sessions()).isEqualTo(1);
  }

  @Test
  void metaOfTheServerStays() throws Exception {
    UpstreamReply.Events events = listen(agent, TOOLS);
    ModernAgent.next(events);

    next(server.line(0).listening)
        .says(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{\"k\":1}}}");

    assertThat(ModernAgent.next(events))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":1,\"k\":1}}}");
  }

  @Test
  void partsOfAResourceBelongToIt() throws Exception {
    UpstreamReply.Events events =
        listen(agent, "\"notifications\":{\"resourceSubscriptions\":[\"file:///a\"]}");
    ModernAgent.next(events);

    next(server.line(0).listening).says(updated("file:///ab")).says(updated("file:///a/b"));

    assertThat(ModernAgent.next(events)).isEqualTo(marked("file:///a/b", "1"));
  }

  @Test
  void changesThatComeOnACallsStreamReachTheListenersAndNotTheCall() throws Exception {
    UpstreamReply.Events events = listen(agent, TOOLS);
    ModernAgent.next(events);
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> call = agent.begin("tools/call", "\"name\":\"a\"");

    next(streams).says(CHANGED).answers("\"result\":{}");

    assertThat(ModernAgent.text(call.get())).contains("complete");
    assertThat(ModernAgent.next(events)).contains("list_changed");
  }

  @Test
  void aResourceIsUnsubscribedWhenNobodyWantsItAnyMore() throws Exception {
    UpstreamReply.Events first = listen(agent, EVERYTHING);
    UpstreamReply.Events second =
        listen(agent.id("2"), "\"notifications\":{\"resourceSubscriptions\":[\"a:2\"]}");
    Line session = server.line(0);
    assertThat(session.texts()).hasSize(2);

    second.close();
    first.close();

    assertThat(
            List.of(
                text(session.request("resources/unsubscribe")),
                text(session.request("resources/unsubscribe"))))
        .allMatch(text -> text.contains("resources/unsubscribe"))
        .anyMatch(text -> text.contains("a:1"))
        .anyMatch(text -> text.contains("a:2"));
    assertThat(session.requests).isEmpty();
  }

  @Test
  void closingEndsTheStream() throws Exception {
    UpstreamReply.Events events = listen(agent, TOOLS);
    ModernAgent.next(events);
    CompletableFuture<String> last = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            last.complete(ModernAgent.next(events));
          } catch (UpstreamException | InterruptedException e) {
            last.completeExceptionally(e);
          }
        });

    events.close();

    assertThat(last.get()).isEqualTo("(end)");
  }

  @Test
  void theGatewaysEndIsAResult() throws Exception {
    UpstreamReply.Events events = listen(agent.id("\"s\""), TOOLS);
    ModernAgent.next(events);

    line.close();

    assertThat(ModernAgent.next(events)).isEqualTo(ended("\"s\""));
    assertThat(ModernAgent.next(events)).isEqualTo("(end)");
  }

  @Test
  void aLostSessionBreaksTheStream() throws Exception {
    UpstreamReply.Events events = listen(agent, TOOLS);
    ModernAgent.next(events);
    Stream stream = next(server.line(0).listening);
    server.line(0).lose(Reason.SESSION_LOST, true);

    stream.says("retry: 1\n", "").ends();

    assertThatThrownBy(() -> ModernAgent.next(events))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
  }

  @Test
  void aLostSessionThatAListenerFindsIsBegunAnew() throws Exception {
    server.answers("tools/list", "{}");
    agent.can("{}").ask("tools/list", "");
    server.line(0).lose(Reason.SESSION_LOST, true);
    server.line(0).looksAlive = true;

    UpstreamReply.Events events = listen(agent.can("{}"), TOOLS);

    assertThat(ModernAgent.next(events)).isEqualTo(acknowledged("\"toolsListChanged\":true", "1"));
    assertThat(server.sessions()).isEqualTo(2);
  }

  @Test
  void aStreamOfTheServerThatEndsIsOpenedAgain() throws Exception {
    UpstreamReply.Events events = listen(agent, TOOLS);
    ModernAgent.next(events);

    next(server.line(0).listening).says("id: 4\nretry: 1\n", "").ends();

    Stream again = next(server.line(0).listening);
    assertThat(again.id().orElseThrow().json()).isEqualTo("\"4\"");
    again.says(CHANGED);
    assertThat(ModernAgent.next(events)).contains("list_changed");
  }

  @Test
  void whatAClientHasNotReadIsKeptOnce() throws Exception {
    UpstreamReply.Events events = listen(agent, TOOLS);
    UpstreamReply.Events other = listen(agent.id("2"), EVERYTHING);
    ModernAgent.next(events);
    ModernAgent.next(other);
    Stream stream = next(server.line(0).listening);
    for (int i = 0; i < 5_000; i++) {
      stream.says(CHANGED);
    }
    stream.says(updated("a:1"));
    while (!ModernAgent.next(other).contains("a:1")) {
      // until all of it was sorted
    }

    assertThat(ModernAgent.next(events)).contains("list_changed");
    line.close();
    assertThat(ModernAgent.next(events)).isEqualTo(ended("1"));
  }
}
