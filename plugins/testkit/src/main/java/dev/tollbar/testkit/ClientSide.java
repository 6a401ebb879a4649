package dev.tollbar.testkit;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;

/** What a client gets for one message. For one thread, and then for another. */
final class ClientSide implements ClientReply {
  private final boolean gone;
  private int status;
  private byte[] body = {};
  private Optional<String> session = Optional.empty();

  /**
   * A client.
   *
   * @param gone whether it has left when the answer comes
   */
  ClientSide(boolean gone) {
    this.gone = gone;
  }

  int status() {
    return status;
  }

  byte[] body() {
    return body;
  }

  Optional<String> session() {
    return session;
  }

  @Override
  public void session(String id) {
    session = Optional.of(id);
  }

  @Override
  public void challenge(String challenge) {}

  @Override
  public void accepted() throws IOException {
    send(202, new byte[0]);
  }

  @Override
  public void send(int code, byte[] json) throws IOException {
    if (gone) {
      throw new IOException("the client left");
    }
    status = code;
    body = json.clone();
  }

  @Override
  public OutputStream json(int code, OptionalLong length) {
    return new ByteArrayOutputStream() {
      @Override
      public void close() throws IOException {
        send(code, toByteArray());
      }
    };
  }

  @Override
  public Events events() {
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        // The last message of a call's stream is its answer.
        if (event.data().length > 0) {
          send(200, event.data());
        }
      }

      @Override
      public void close() {}
    };
  }
}
