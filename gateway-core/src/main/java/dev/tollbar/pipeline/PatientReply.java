package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.protocol.SseText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way back to a client whose leaving cancels its request. Only writing shows that it has left:
 * where the server takes its time, the answer is begun as a stream, and comments go into it.
 */
final class PatientReply implements ClientReply {
  private static final byte[] NOTHING = {};

  private final ClientReply client;
  private final Runnable whenGone;
  private final long since = System.nanoTime();
  private final ReentrantLock writing = new ReentrantLock();
  private Optional<Events> stream = Optional.empty();
  private boolean begun;
  private boolean over;

  /**
   * Wraps the way back.
   *
   * @param client sends an answer on the stream, if there is one already
   * @param whenGone what to do, once, when the client has left before the end
   */
  PatientReply(ClientReply client, Runnable whenGone) {
    this.client = client;
    this.whenGone = whenGone;
  }

  long since() {
    return since;
  }

  /** Shows the client that the gateway is there, and the gateway whether the client is. */
  void beat() {
    if (!writing.tryLock()) {
      return; // somebody writes, which shows the same; who waited here would not be the last
    }
    try {
      if (over || (begun && stream.isEmpty())) {
        return;
      }
      if (stream.isEmpty()) {
        begun = true;
        stream = Optional.of(client.events());
      }
      stream.get().write(new Event(SseText.keepAlive(), NOTHING));
    } catch (IOException e) {
      over = true;
      whenGone.run();
    } finally {
      writing.unlock();
    }
  }

  /**
   * Sends a message before the answer, which becomes a stream then.
   *
   * @return false if it did not get to the client
   */
  boolean say(byte[] json) {
    writing.lock();
    try {
      if (over || (begun && stream.isEmpty())) {
        return false;
      }
      if (stream.isEmpty()) {
        begun = true;
        stream = Optional.of(client.events());
      }
      stream.get().write(new Event(SseText.message(json), json));
      return true;
    } catch (IOException e) {
      over = true;
      whenGone.run();
      return false;
    } finally {
      writing.unlock();
    }
  }

  /** The request is over: nothing is shown any more, not even by a beat that has begun. */
  void end() {
    writing.lock();
    try {
      over = true;
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void session(String id) {
    client.session(id);
  }

  @Override
  public void challenge(String challenge) {
    client.challenge(challenge);
  }

  @Override
  public void accepted() throws IOException {
    locked(() -> {
      begun = true;
      client.accepted();
    });
  }

  @Override
  public void send(int status, byte[] json) throws IOException {
    locked(() -> {
      begun = true;
      client.send(status, json); // which knows where to send it if there is a stream
      over = true;
    });
  }

  @Override
  public OutputStream json(int status, OptionalLong length) throws IOException {
    writing.lock();
    try {
      if (stream.isEmpty()) {
        begun = true;
        return client.json(status, length);
      }
      return new ByteArrayOutputStream() {
        @Override
        public void close() throws IOException {
          send(status, toByteArray());
        }
      };
    } finally {
      writing.unlock();
    }
  }

  @Override
  public Events events() throws IOException {
    locked(() -> {
      if (stream.isEmpty()) {
        begun = true;
        stream = Optional.of(client.events());
      }
    });
    Events opened = stream.orElseThrow();
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        locked(() -> opened.write(event));
      }

      @Override
      public void close() throws IOException {
        locked(() -> {
          over = true;
          opened.close();
        });
      }
    };
  }

  private void locked(Write write) throws IOException {
    writing.lock();
    try {
      write.run();
    } finally {
      writing.unlock();
    }
  }

  private interface Write {
    void run() throws IOException;
  }
}
