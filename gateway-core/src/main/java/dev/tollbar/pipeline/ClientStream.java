package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.protocol.SseText;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The client's side of a stream of events. After the client left, what is written goes nowhere;
 * {@link #gone()} says so. Safe for use by many threads: keep-alive comments come from another one.
 */
final class ClientStream {
  private static final byte[] NOTHING = {};

  private final ClientReply.Events events;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean gone;

  ClientStream(ClientReply.Events events) {
    this.events = events;
  }

  /** The client's stream; one that is gone if the client has left already. */
  static ClientStream to(ClientReply client) {
    try {
      return new ClientStream(client.events());
    } catch (IOException e) {
      ClientStream left = new ClientStream(new Nowhere());
      left.gone = true;
      return left;
    }
  }

  /** Writes one event; false if nobody reads any more. */
  boolean write(Event event) {
    return whileThere(() -> events.write(event));
  }

  /** A message of the gateway's own. */
  void message(byte[] json) {
    write(new Event(SseText.message(json), json));
  }

  /** A comment, by which it shows whether the client is still there. */
  void keepAlive() {
    write(new Event(SseText.keepAlive(), NOTHING));
  }

  /** Ends the stream as complete. */
  void close() {
    whileThere(events::close);
    gone = true;
  }

  /** Whether nobody reads any more. */
  boolean gone() {
    return gone;
  }

  private boolean whileThere(Action action) {
    writing.lock();
    try {
      if (gone) {
        return false;
      }
      action.run();
      return true;
    } catch (IOException e) {
      gone = true;
      return false;
    } finally {
      writing.unlock();
    }
  }

  private record Nowhere() implements ClientReply.Events {
    @Override
    public void write(Event event) {}

    @Override
    public void close() {}
  }

  private interface Action {
    void run() throws IOException;
  }
}
