package dev.tollbar.legacy;

import static dev.tollbar.legacy.FakeModernServer.text;
import static dev.tollbar.legacy.LegacyClient.next;
import static dev.tollbar.legacy.LegacyClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client's GET stream and its subscriptions. */
@Timeout(60)
class WatchesTest {
  private static final String SUBSCRIBED = "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}";

  private final FakeModernServer server = new FakeModernServer();
  private final LegacyOverModern line =
      new LegacyOverModern("tickets", () -> server, Duration.ofMillis(1), Duration.ofMillis(4));
  private final LegacyClient client = new LegacyClient(line);

  @BeforeEach
  void greet() throws Exception {
    client.greet();
  }

  @AfterEach
  void close() {
    line.close();
  }

  @Test
  void listensToAllListsThatTheServerTellsOf() throws Exception {
    try (EventStream events = line.listen(Optional.empty())) {
      FakeModernServer.Stream stream = server.listener();
      stream
          .comment(": still here\n\n")
          .say(
              "{\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{"
                  + "\"io.modelcontextprotocol/subscriptionId\":\"tollbar-2\", \"x\":1.0}},"
                  + "\"jsonrpc\":\"2.0\"}")
          .say(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{"
                  + "\"uri\":\"a:b\",\"_meta\":{"
                  + "\"io.modelcontextprotocol/subscriptionId\":\"tollbar-2\"}}}");

      assertThat(next(events))
          .isEqualTo(
              "{\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{"
                  + " \"x\":1.0}},\"jsonrpc\":\"2.0\"}");
      assertThat(next(events))
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{"
                  + "\"uri\":\"a:b\",\"_meta\":{}}}");
      assertThat(text(stream.request()))
          .startsWith(
              "{\"jsonrpc\":\"2.0\",\"id\":\"tollbar-2\",\"method\":\"subscriptions/listen\","
                  + "\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":")
          .endsWith(
              ",\"notifications\":{\"toolsListChanged\":true,\"resourcesListChanged\":true}}}");
    }
  }

  @Test
  void opensNoStreamThatNobodyAskedFor() {
    assertThat(server.sent("subscriptions/listen")).isEmpty();
  }

  @Test
  void hasNoStreamWhereTheServerHasNothingToTell() throws Exception {
    server.answers(
        "server/discover", "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}");
    client.greet();

    assertThatThrownBy(() -> line.listen(Optional.empty()))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.REFUSED);
              assertThat(e.status()).isEqualTo(405);
            })
        .hasMessage("the server has nothing to tell outside of requests");
  }

  @Test
  void hasNoStreamWhereTheServerRefusesToBeListenedTo() {
    server.refuses("subscriptions/listen", 404, "{\"code\":-32601,\"message\":\"no\"}");

    assertThatThrownBy(() -> line.listen(Optional.empty()))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
        .hasMessage("the server refuses to be listened to");
  }

  @Test
  void subscribesBeforeTheOldStreamEnds() throws Exception {
    try (EventStream events = line.listen(Optional.empty())) {
      FakeModernServer.Stream first = server.listener();

      assertThat(client.answer(request(5, "resources/subscribe", "{\"uri\":\"a:\\\"b\"}")))
          .isEqualTo(SUBSCRIBED);

      FakeModernServer.Stream second = server.listener();
      assertThat(text(second.request()))
          .contains("\"resourcesListChanged\":true,\"resourceSubscriptions\":[\"a:\\\"b\"]}");
      assertThat(first.closed()).isTrue();
      second.say(updated("a:b"));
      assertThat(next(events)).isEqualTo(updated("a:b"));
    }
  }

  @Test
  void keepsWhatIsSaidUntilTheClientListens() throws Exception {
    client.answer(request(5, "resources/subscribe", "{\"uri\":\"a:b\"}"));
    server.listener().say(updated("a:b")).say(updated("a:b"));

    try (EventStream events = line.listen(Optional.empty())) {
      assertThat(next(events)).isEqualTo(updated("a:b"));
      assertThat(next(events)).isEqualTo(updated("a:b"));
    }
    assertThat(server.sent("subscriptions/listen")).hasSize(1);
  }

  @Test
  void unsubscribes() throws Exception {
    client.answer(request(5, "resources/subscribe", "{\"uri\":\"a:b\"}"));
    server.listener();

    assertThat(client.answer(request(5, "resources/unsubscribe", "{\"uri\":\"a:b\"}")))
        .isEqualTo(SUBSCRIBED);
    assertThat(client.answer(request(5, "resources/unsubscribe", "{\"uri\":\"a:b\"}")))
        .isEqualTo(SUBSCRIBED);

    assertThat(text(server.listener().request())).doesNotContain("resourceSubscriptions");
    assertThat(server.sent("subscriptions/listen")).hasSize(2);
  }

  @Test
  void endsTheStreamWhenNothingIsLeftToHearOf() throws Exception {
    server.answers(
        "server/discover",
        "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"resources\":{\"subscribe\":true}}}");
    client.greet();
    client.answer(request(5, "resources/subscribe", "{\"uri\":\"a:b\"}"));
    FakeModernServer.Stream stream = server.listener();

    client.answer(request(5, "resources/unsubscribe", "{\"uri\":\"a:b\"}"));

    assertThat(stream.closed()).isTrue();
    assertThat(server.sent("subscriptions/listen")).hasSize(1);
  }

  @Test
  void saysThatAResourceIsNotWatched() throws Exception {
    server.script(
        "subscriptions/listen",
        message ->
            new FakeModernServer.Stream(message)
                .say(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\","
                        + "\"params\":{\"notifications\":{}}}"));

    assertThat(client.answer(request(5, "resources/subscribe", "{\"uri\":\"a:b\"}")))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32602,\"message\":"
                + "\"The server does not tell of changes of this resource.\"}}");
  }

  @Test
  void passesTheServersOwnRefusalOn() throws Exception {
    server.refuses(
        "subscriptions/listen",
        200,
        "{\"code\":-32602,\"message\":\"no\",\"data\":{\"uri\":\"a:b\"}}");

    assertThat(client.answer(request(5, "resources/subscribe", "{\"uri\":\"a:b\"}")))
        .isEqualTo(
            "{\"error\":{\"code\":-32002,\"message\":\"no\",\"data\":{\"uri\":\"a:b\"}},"
                + "\"jsonrpc\":\"2.0\",\"id\":5}");
  }

  @Test
  void listensAgainWhenTheServerEndsTheStream() throws Exception {
    try (EventStream events = line.listen(Optional.empty())) {
      server.listener().answer("{\"resultType\":\"complete\"}");
      server.listener().end();
      FakeModernServer.Stream third = server.listener();
      third.say(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
              + third.request().id().orElseThrow()
              + "}}");
      server.listener().say(updated("a:b"));

      assertThat(next(events)).isEqualTo(updated("a:b"));
    }
  }

  @Test
  void keepsTryingWhileTheServerCannotBeReached() throws Exception {
    FakeModernServer.Script broken =
        _ -> {
          throw new UpstreamException(Reason.UNREACHABLE, false, 0, "gone");
        };
    FakeModernServer.Script works =
        message -> {
          FakeModernServer.Stream stream =
              new FakeModernServer.Stream(message)
                  .say(
                      "{\"jsonrpc\":\"2.0\",\"method\":"
                          + "\"notifications/subscriptions/acknowledged\"}");
          server.opened(stream);
          return stream;
        };
    FakeModernServer.Script fails =
        message ->
            new OneMessage(
                503, FakeModernServer.error(message, "{\"code\":-32603,\"message\":\"no\"}"));
    server.script("subscriptions/listen", fails, broken, fails, works);

    try (EventStream events = line.listen(Optional.empty())) {
      server.listener().say(updated("a:b"));

      assertThat(next(events)).isEqualTo(updated("a:b"));
    }
    assertThat(server.sent("subscriptions/listen")).hasSize(4);
  }

  @Test
  void looksToolsUpAgainWhenTheyHaveChanged() throws Exception {
    server.answers("tools/list", "{\"tools\":[{\"name\":\"find\"}]}");
    server.answers("tools/call", "{\"content\":[]}");
    client.answer(request(1, "tools/call", "{\"name\":\"find\"}"));
    try (EventStream events = line.listen(Optional.empty())) {
      server
          .listener()
          .say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
      next(events);
    }

    client.answer(request(1, "tools/call", "{\"name\":\"find\"}"));

    assertThat(server.sent("tools/list")).hasSize(2);
  }

  @Test
  void endsTheStreamsWithTheSession() throws Exception {
    try (EventStream events = line.listen(Optional.empty())) {
      FakeModernServer.Stream stream = server.listener();

      line.close();

      assertThat(stream.closed()).isTrue();
      assertThat(events.next()).isEmpty();
    }
  }

  @Test
  void givesTheStreamToWhoeverListensLast() throws Exception {
    try (EventStream first = line.listen(Optional.empty());
        EventStream second = line.listen(Optional.empty())) {
      server.listener().say(updated("a:b"));

      assertThat(first.next()).isEmpty();
      assertThat(next(second)).isEqualTo(updated("a:b"));
    }
  }

  private static String updated(String uri) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\""
        + uri
        + "\"}}";
  }
}
