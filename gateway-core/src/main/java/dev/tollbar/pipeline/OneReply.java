package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.protocol.SseText;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees to it that a client gets one answer, wherever the line ends: what is said after a stream has
 * begun goes into the stream.
 */
final class OneReply implements ClientReply {
  private final ClientReply client;
  private final Runnable answering;
  private Optional<Stream> stream = Optional.empty();
  private boolean begun;

  /**
   * Answers a client.
   *
   * @param answering done before an answer is sent as a whole; who streams one does it itself
   *     before the end
   */
  OneReply(ClientReply client, Runnable answering) {
    this.client = client;
    this.answering = answering;
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
    begin();
    answering.run();
    client.accepted();
  }

  @Override
  public void send(int status, byte[] json) throws IOException {
    // An interrupt was meant for the call, which is over; the answer must still be written.
    Thread.interrupted();
    answering.run();
    if (stream.isPresent()) {
      stream.get().write(new Event(SseText.message(json), json));
      stream.get().close();
    } else {
      begin();
      client.send(status, json);
    }
  }

  @Override
  public OutputStream json(int status, OptionalLong length) throws IOException {
    begin();
    return client.json(status, length);
  }

  @Override
  public Events events() throws IOException {
    begin();
    Stream opened = new Stream(client.events());
    stream = Optional.of(opened);
    return opened;
  }

  private void begin() throws IOException {
    if (begun) {
      throw new IOException("the answer has begun, and cannot be taken back");
    }
    begun = true;
  }

  /** Keep-alive comments come from other threads, and may still be on their way at the end. */
  private static final class Stream implements Events {
    private final Events events;
    private final ReentrantLock writing = new ReentrantLock();
    private boolean closed;

    private Stream(Events events) {
      this.events = events;
    }

    @Override
    public void write(Event event) throws IOException {
      writing.lock();
      try {
        if (closed) {
          throw new IOException("the stream has ended");
        }
        events.write(event);
      } finally {
        writing.unlock();
      }
    }

    @Override
    public void close() throws IOException {
      writing.lock();
      try {
        closed = true;
        events.close();
      } finally {
        writing.unlock();
      }
    }
  }
}
