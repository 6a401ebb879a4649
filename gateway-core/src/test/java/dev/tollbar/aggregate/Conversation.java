package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client's stream, whose events can be waited for while it is open. */
final class Conversation implements ClientReply {
  private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Integer> answers = new LinkedBlockingQueue<>();

  Conversation() {}

  /** Listens in another thread; is there when the stream is. */
  static Conversation listen(ManyServers servers, Optional<String> lastEventId)
      throws InterruptedException {
    Conversation stream = new Conversation();
    Thread.ofVirtual()
        .start(() -> {
          try {
            servers.aggregate().listen(servers.listener(lastEventId), stream);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } finally {
            stream.answers.add(0);
          }
        });
    stream.status();
    return stream;
  }

  /** Sends a message in another thread, and reads its stream. */
  static Conversation post(ManyServers servers, String body) {
    Conversation stream = new Conversation();
    Thread.ofVirtual()
        .start(() -> {
          try {
            servers.aggregate().post(servers.arrival(body, Optional.empty()), stream);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return stream;
  }

  /** The status of the answer; 0 for a stream that has ended. */
  int status() throws InterruptedException {
    return Optional.ofNullable(answers.poll(1, TimeUnit.MINUTES)).orElse(-1);
  }

  /** Takes so many messages, in any order; they must be these. */
  void await(String... messages) throws InterruptedException {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < messages.length; i++) {
      found.add(next());
    }
    if (!found.containsAll(Arrays.asList(messages))) {
      throw new AssertionError("expected " + List.of(messages) + "; heard " + found);
    }
  }

  /** The next message. */
  String next() throws InterruptedException {
    String event = Optional.ofNullable(events.poll(1, TimeUnit.MINUTES)).orElse("");
    return event.isEmpty() ? "nothing" : event.substring(event.indexOf("data: ") + 6).strip();
  }

  /** The next event with a message, whole. */
  String nextEvent() throws InterruptedException {
    return Optional.ofNullable(events.poll(1, TimeUnit.MINUTES)).orElse("nothing");
  }

  @Override
  public void session(String id) {}

  @Override
  public void challenge(String challenge) {}

  @Override
  public void accepted() {
    answers.add(202);
  }

  @Override
  public void send(int status, byte[] json) {
    events.add("data: " + new String(json, StandardCharsets.UTF_8));
    answers.add(status);
  }

  @Override
  public OutputStream json(int status, OptionalLong length) {
    throw new UnsupportedOperationException("no large answers here");
  }

  @Override
  public Events events() {
    return new Events() {
      private boolean begun;

      @Override
      public void write(Event event) {
        // Not before: until something is written another stream may still take its place.
        if (!begun) {
          begun = true;
          answers.add(200);
        }
        if (event.data().length > 0) {
          events.add(new String(event.raw(), StandardCharsets.UTF_8));
        }
      }

      @Override
      public void close() {}
    };
  }
}
