package dev.tollbar.http;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.Channel;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.SseText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The one stream of events on which an old client hears everything. */
final class SseChannel implements Channel, AutoCloseable {
  private static final byte[] NOTHING = {};

  private final ClientReply.Events events;
  private final ReentrantLock writing = new ReentrantLock();
  private final CountDownLatch over = new CountDownLatch(1);

  SseChannel(ClientReply.Events events) {
    this.events = events;
  }

  /** The first event: where the client posts its messages. */
  void endpoint(String uri) throws IOException {
    byte[] data = uri.getBytes(StandardCharsets.UTF_8);
    String event = "event: endpoint\ndata: " + uri + "\n\n";
    write(new Event(event.getBytes(StandardCharsets.UTF_8), data));
  }

  @Override
  public void message(byte[] json) throws IOException {
    write(new Event(SseText.message(json), json));
  }

  private void write(Event event) throws IOException {
    writing.lock();
    try {
      if (over.getCount() == 0) {
        throw new IOException("the client left");
      }
      events.write(event);
    } catch (IOException e) {
      over.countDown();
      throw e;
    } finally {
      writing.unlock();
    }
  }

  /**
   * Returns when the client is gone or the stream was ended. Nothing tells that a client has left
   * but that something is written to it: a comment, now and then.
   */
  void awaitEnd(Duration keepAlive) throws InterruptedException {
    while (!over.await(keepAlive.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        write(new Event(SseText.keepAlive(), NOTHING));
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Lets the thread go that waits for the end. */
  void end() {
    over.countDown();
  }

  /** Ends the stream; nothing is written after this. */
  @Override
  public void close() {
    over.countDown();
    writing.lock();
    try {
      events.close();
    } catch (IOException e) {
      // It is over either way.
    } finally {
      writing.unlock();
    }
  }
}
