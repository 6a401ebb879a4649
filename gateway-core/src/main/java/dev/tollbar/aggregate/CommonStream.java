package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.SseText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client's stream into which several threads write. What comes before its beginning waits for
 * that. Safe for use by many threads.
 */
final class CommonStream {
  private static final byte[] NOTHING = {};
  private static final int MOST_EARLY = 1_000;

  private final ClientReply.Events events;
  private final Duration keepAlive;
  private final ReentrantLock writing = new ReentrantLock();
  private final List<Event> early = new ArrayList<>();
  private boolean begun;
  private volatile boolean gone;

  CommonStream(ClientReply.Events events, Duration keepAlive) {
    this.events = events;
    this.keepAlive = keepAlive;
  }

  boolean gone() {
    return gone;
  }

  /** A message; false once the client is gone. */
  boolean write(byte[] json) {
    return write(new Event(SseText.message(json), json));
  }

  boolean write(Event event) {
    writing.lock();
    try {
      if (!begun && !gone) {
        if (early.size() < MOST_EARLY) {
          early.add(event);
        }
      } else if (!gone) {
        events.write(event);
      }
    } catch (IOException e) {
      gone = true;
    } finally {
      writing.unlock();
    }
    return !gone;
  }

  /** The first message. */
  void begin(byte[] json) {
    writing.lock();
    try {
      begun = true;
      write(json);
      early.forEach(this::write);
      early.clear();
    } finally {
      writing.unlock();
    }
  }

  /** Waits until all have ended, or the client is gone. */
  void awaitEnd(List<Thread> writers) throws InterruptedException {
    for (Thread writer : writers) {
      while (!gone && !writer.join(keepAlive)) {
        // Nothing else tells that a client has left.
        write(new Event(SseText.keepAlive(), NOTHING));
      }
    }
  }

  /** The last message. */
  void end(byte[] json) throws IOException {
    if (write(json)) {
      events.close();
    }
  }
}
