package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;

/** Passes one server's answer on to the client, as it comes. For one thread. */
final class Relayed implements ClientReply {
  private final ClientReply client;
  private final FromServer from;
  private final boolean retryable;
  private boolean lost;

  /**
   * Passes an answer on.
   *
   * @param retryable whether a session that is lost is nothing to tell the client
   */
  Relayed(ClientReply client, FromServer from, boolean retryable) {
    this.client = client;
    this.from = from;
    this.retryable = retryable;
  }

  /** Whether the server's session is lost; the client was told nothing. */
  boolean lost() {
    return lost;
  }

  @Override
  public void session(String id) {}

  @Override
  public void challenge(String challenge) {
    client.challenge(challenge);
  }

  @Override
  public void accepted() throws IOException {
    client.accepted();
  }

  @Override
  public void send(int status, byte[] json) throws IOException {
    if (status == 404 && retryable) {
      lost = true;
      return;
    }
    from.answer(json);
    client.send(shown(status), json);
  }

  /**
   * What ends a session on one server, or keeps a grant out of it, is no more than an error here:
   * the client's session and the other servers go on.
   */
  private static int shown(int status) {
    return status == 404 || status == 403 ? 200 : status;
  }

  @Override
  public OutputStream json(int status, OptionalLong length) throws IOException {
    Mentions mentions = new Mentions();
    return new FilterOutputStream(client.json(status, length)) {
      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        mentions.feed(bytes, offset, offset + count);
        out.write(bytes, offset, count);
      }

      @Override
      public void close() throws IOException {
        from.mentions(mentions.found());
        super.close();
      }
    };
  }

  @Override
  public Events events() throws IOException {
    Events events = client.events();
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        Optional<Event> passed = from.resumable(event);
        if (passed.isPresent()) {
          events.write(passed.get());
        }
      }

      @Override
      public void close() throws IOException {
        events.close();
      }
    };
  }
}
