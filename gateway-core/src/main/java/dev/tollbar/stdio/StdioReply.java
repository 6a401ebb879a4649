package dev.tollbar.stdio;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.pipeline.ClientReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The way back over a pipe. HTTP statuses have no place there; messages go as lines. */
final class StdioReply implements ClientReply {
  private final Optional<StdioClient> client;
  private final boolean answers;
  private final Consumer<String> opened;
  private Optional<String> session = Optional.empty();

  StdioReply(StdioClient client, Consumer<String> opened) {
    this(Optional.of(client), true, opened);
  }

  private StdioReply(Optional<StdioClient> client, boolean answers, Consumer<String> opened) {
    this.client = client;
    this.answers = answers;
    this.opened = opened;
  }

  /** For what the server says by itself: that there is no such stream is nothing to tell. */
  static StdioReply listening(StdioClient client) {
    return new StdioReply(Optional.of(client), false, _ -> {});
  }

  /** For what gets no answer: the end of a session, notifications, responses. */
  static StdioReply silent() {
    return new StdioReply(Optional.empty(), false, _ -> {});
  }

  /** Whether there is somebody to tell what is wrong: not for notifications and responses. */
  static boolean wantsAnswer(byte[] line) {
    return ServerMessage.read(line).map(message -> message.kind() == Kind.REQUEST).orElse(true);
  }

  /** Whether a line asks for an answer; the rest is taken in order. */
  static boolean isRequest(byte[] line) {
    return ServerMessage.read(line).map(message -> message.kind() == Kind.REQUEST).orElse(false);
  }

  @Override
  public void session(String id) {
    session = Optional.of(id);
  }

  @Override
  public void challenge(String challenge) {}

  @Override
  public void accepted() {}

  @Override
  public void send(int status, byte[] json) throws IOException {
    if (answers && client.isPresent()) {
      client.get().line(json);
    }
    session.ifPresent(opened);
  }

  @Override
  public OutputStream json(int status, OptionalLong length) {
    return new ByteArrayOutputStream() {
      @Override
      public void close() throws IOException {
        if (client.isPresent()) {
          client.get().line(toByteArray());
        }
      }
    };
  }

  @Override
  public Events events() {
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        if (event.data().length > 0 && client.isPresent()) {
          client.get().line(event.data());
        }
      }

      @Override
      public void close() {
        session.ifPresent(opened);
      }
    };
  }
}
