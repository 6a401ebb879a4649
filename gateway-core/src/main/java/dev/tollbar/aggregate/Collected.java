package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.pipeline.ClientReply;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Keeps one server's answer, to make a common one of several. For one thread. */
final class Collected implements ClientReply {
  private final Consumer<Event> aside;
  private int status;
  private Optional<String> session = Optional.empty();
  private Optional<byte[]> message = Optional.empty();

  /**
   * Keeps an answer.
   *
   * @param aside takes what the server says before it answers
   */
  Collected(Consumer<Event> aside) {
    this.aside = aside;
  }

  /** The status that a client would have seen; 0 if there was no answer at all. */
  int status() {
    return status;
  }

  /** The session that was opened. */
  Optional<String> session() {
    return session;
  }

  /** The answer. */
  Optional<byte[]> message() {
    return message;
  }

  @Override
  public void session(String id) {
    session = Optional.of(id);
  }

  @Override
  public void challenge(String challenge) {}

  @Override
  public void accepted() {
    status = 202;
  }

  @Override
  public void send(int with, byte[] json) {
    status = with;
    message = Optional.of(json);
  }

  @Override
  public OutputStream json(int with, OptionalLong length) {
    status = with;
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        message = Optional.of(toByteArray());
      }
    };
  }

  @Override
  public Events events() {
    status = 200;
    return new Events() {
      @Override
      public void write(Event event) {
        if (event.data().length == 0) {
          return;
        }
        boolean answers =
            ServerMessage.read(event.data())
                .map(read -> read.kind() == Kind.RESPONSE)
                .orElse(false);
        if (answers) {
          message = Optional.of(event.data());
        } else {
          aside.accept(event);
        }
      }

      @Override
      public void close() {}
    };
  }
}
