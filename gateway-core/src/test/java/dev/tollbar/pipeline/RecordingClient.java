package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.EventStream.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A client that keeps what it is told, and insists on being answered once. */
public final class RecordingClient implements ClientReply {
  /** Only a test that fails waits so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private Optional<String> session = Optional.empty();
  private Optional<String> challenge = Optional.empty();
  private int status;
  private boolean complete;
  private boolean interruptedWhenAnswered;
  private volatile boolean gone;
  private int goneAfter = Integer.MAX_VALUE;
  private Runnable next = () -> {};

  /** Does something as soon as it is answered. */
  void whenAnswered(Runnable then) {
    next = then;
  }

  /** Leaves at once: everything that is written fails. */
  public void leave() {
    gone = true;
  }

  /** Leaves when it has so many events. */
  void leaveAfter(int count) {
    goneAfter = count;
  }

  private void answered(int with) throws IOException {
    if (gone) {
      throw new IOException("the client left");
    }
    if (status != 0) {
      throw new IllegalStateException("answered " + with + " after " + status);
    }
    status = with;
    interruptedWhenAnswered = Thread.currentThread().isInterrupted();
    next.run();
  }

  @Override
  public void session(String id) {
    session = Optional.of(id);
  }

  @Override
  public void challenge(String header) {
    challenge = Optional.of(header);
  }

  @Override
  public void accepted() throws IOException {
    answered(202);
    complete = true;
  }

  @Override
  public void send(int with, byte[] json) throws IOException {
    answered(with);
    body.writeBytes(json);
    complete = true;
  }

  @Override
  public OutputStream json(int with, OptionalLong length) throws IOException {
    answered(with);
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        if (gone) {
          throw new IOException("the client left");
        }
        body.write(bytes, from, count);
      }

      @Override
      public void close() {
        complete = true;
      }
    };
  }

  @Override
  public Events events() throws IOException {
    answered(200);
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        if (gone || events.size() >= goneAfter) {
          gone = true;
          throw new IOException("the client left");
        }
        synchronized (events) {
          events.add(new String(event.raw(), StandardCharsets.UTF_8));
          events.notifyAll();
        }
      }

      @Override
      public void close() {
        complete = true;
      }
    };
  }

  public int status() {
    return status;
  }

  /** Whether the answer came to its end. */
  public boolean complete() {
    return complete;
  }

  /** Whether the thread that answered still had an interrupt to deal with. */
  boolean interruptedWhenAnswered() {
    return interruptedWhenAnswered;
  }

  public String session() {
    return session.orElseThrow();
  }

  public boolean hasSession() {
    return session.isPresent();
  }

  public Optional<String> challenge() {
    return challenge;
  }

  public String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  public JsonNode json() {
    return json(text());
  }

  /** Waits until so many events have come. */
  void awaitEvents(int count) throws InterruptedException {
    synchronized (events) {
      while (events.size() < count) {
        events.wait();
      }
    }
  }

  /** The events, as text. */
  public List<String> said() {
    return List.copyOf(events);
  }

  /** What was said, comments left out. */
  List<String> messages() {
    return said().stream().filter(event -> !event.startsWith(":")).toList();
  }

  /** Waits until an event with this text was said. */
  void awaitSaid(String text) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (events) {
      while (events.stream().noneMatch(event -> event.contains(text))) {
        long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (left <= 0) {
          throw new AssertionError("expected " + text + "; said " + events);
        }
        events.wait(left);
      }
    }
  }

  /** The message in the last event. */
  public JsonNode lastMessage() {
    String event = said().getLast();
    return json(event.substring(event.indexOf("data: ") + 6).strip());
  }

  /** The error code of the answer; 0 if it is none. */
  public int error() {
    return json().path("error").path("code").asInt();
  }

  /** What is said about a denial, in a tool result. */
  public JsonNode denial() {
    return json().path("result").path("_meta").path("dev.tollbar/denial");
  }

  /** The text of a tool result. */
  public String toolText() {
    return json().path("result").path("content").path(0).path("text").asText();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(text, e);
    }
  }
}
