package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ServerInquiryTest {
  private static final String HELLO =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-06-18\","
          + "\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}}";

  private final Server server = new Server();

  /** Gives its answers one after the other; the last one again and again. */
  private static final class Server implements UpstreamSession {
    private final Deque<UpstreamReply> answers = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private final List<Optional<String>> revisions = new ArrayList<>();

    @Override
    public UpstreamReply send(UpstreamMessage message) {
      heard.add(new String(message.bytes(), StandardCharsets.UTF_8));
      revisions.add(message.protocolRevision());
      if (message.kind() == Kind.NOTIFICATION) {
        return new UpstreamReply.Accepted();
      }
      return answers.size() > 1 ? answers.remove() : answers.element();
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) {
      throw new IllegalStateException("not part of these tests");
    }

    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public void close() {}
  }

  private record Whole(String text) implements UpstreamReply.Single {
    @Override
    public int status() {
      return 200;
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {}
  }

  private static final class Streamed implements UpstreamReply.Events {
    private final Deque<String> messages;

    Streamed(String... messages) {
      this.messages = new ArrayDeque<>(Arrays.asList(messages));
    }

    @Override
    public Optional<Event> next() {
      return Optional.ofNullable(messages.poll())
          .map(text -> new Event(new byte[0], text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {}
  }

  private static String page(int id, String members) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{" + members + "}}";
  }

  private ServerInquiry inquiry(String... answers) {
    for (String answer : answers) {
      server.answers.add(new Whole(answer));
    }
    return new ServerInquiry(server);
  }

  @Test
  void readsAllPagesAfterAHandshake() throws Exception {
    var tools =
        inquiry(
                HELLO,
                page(2, "\"tools\":[{\"name\":\"a\"}],\"nextCursor\":\"c\""),
                page(3, "\"tools\":[{\"name\":\"b\",\"inputSchema\":{\"type\":\"object\"}}]"))
            .tools();

    assertThat(tools).extracting(listed -> listed.tool().name()).containsExactly("a", "b");
    assertThat(tools.getLast().schema()).hasToString("{\"type\":\"object\"}");
    assertThat(server.heard)
        .satisfiesExactly(
            hello -> assertThat(hello).contains("\"method\":\"initialize\""),
            ready -> assertThat(ready).contains("\"method\":\"notifications/initialized\""),
            first -> assertThat(first).endsWith("\"method\":\"tools/list\",\"params\":{}}"),
            second -> assertThat(second).endsWith("\"params\":{\"cursor\":\"c\"}}"));
    assertThat(server.revisions)
        .containsExactly(
            Optional.empty(),
            Optional.of("2025-06-18"),
            Optional.of("2025-06-18"),
            Optional.of("2025-06-18"));
  }

  @Test
  void findsTheAnswerInAStream() throws Exception {
    server.answers.add(
        new Streamed("", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}", HELLO));
    server.answers.add(new Streamed(page(7, ""), page(2, "\"tools\":[{\"name\":\"a\"}]")));

    assertThat(new ServerInquiry(server).tools()).hasSize(1);
  }

  @Test
  void aServerWithoutToolsHasNone() throws Exception {
    assertThat(inquiry(HELLO.replace("\"tools\":{}", "\"prompts\":{}")).tools()).isEmpty();
  }

  private void saysNothing(String reason, String... answers) {
    assertThatThrownBy(() -> inquiry(answers).tools())
        .isInstanceOf(UpstreamException.class)
        .hasMessage(reason);
  }

  @Test
  void saysWhatTheServerRefused() {
    saysNothing(
        "it answered tools/list with the error -32601, \"Not\\nhere\"",
        HELLO,
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32601,\"message\":\"Not\\nhere\"}}");
  }

  @Test
  void aListThatDoesNotEndIsGivenUp() {
    saysNothing(
        "its list of tools does not end", HELLO, page(2, "\"tools\":[],\"nextCursor\":\"more\""));
  }

  @Test
  void aListThatIsNoneIsNoList() {
    saysNothing("its list of tools is none", HELLO, page(2, "\"tools\":{}"));
  }

  @Test
  void whatIsNotJsonIsNoAnswer() {
    saysNothing("it answered something that is not JSON", "<html>");
  }

  @Test
  void aStreamThatEndsTooEarlyHasNoAnswer() {
    server.answers.add(new Streamed("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}"));

    assertThatThrownBy(() -> new ServerInquiry(server).tools())
        .hasMessage("its stream ended before its answer");
  }

  @Test
  void aRequestThatIsOnlyAcceptedHasNoAnswer() {
    server.answers.add(new UpstreamReply.Accepted());

    assertThatThrownBy(() -> new ServerInquiry(server).tools())
        .hasMessage("it accepted a request without an answer");
  }
}
