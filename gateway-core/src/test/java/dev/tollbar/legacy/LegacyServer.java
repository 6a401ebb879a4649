package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server with sessions that answers as it is told, and remembers what it was sent. */
final class LegacyServer implements UpstreamTransport {

  /** How it answers a request. */
  @FunctionalInterface
  interface Script {
    UpstreamReply answer(Line line, UpstreamMessage message)
        throws UpstreamException, InterruptedException;
  }

  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Line> opened = new LinkedBlockingQueue<>();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  volatile String capabilities = "{\"tools\":{\"listChanged\":true}}";
  volatile String revision = "2025-11-25";
  volatile String more = ",\"serverInfo\":{\"name\":\"old\",\"version\":\"1\"}";
  volatile boolean streams = true;
  volatile boolean separates;

  LegacyServer() {
    answers(
        "initialize",
        (_, message) ->
            single(
                message,
                "\"result\":{\"protocolVersion\":\""
                    + revision
                    + "\",\"capabilities\":"
                    + capabilities
                    + more
                    + "}"));
  }

  LegacyServer answers(String method, Script script) {
    scripts.put(method, script);
    return this;
  }

  /** Answers with this result. */
  LegacyServer answers(String method, String result) {
    return answers(method, (_, message) -> single(message, "\"result\":" + result));
  }

  /** Answers with a stream that the test fills. */
  BlockingQueue<Stream> streams(String method) {
    BlockingQueue<Stream> opened = new LinkedBlockingQueue<>();
    answers(
        method,
        (line, message) -> {
          Stream stream = new Stream(line, message.id());
          opened.add(stream);
          return stream;
        });
    return opened;
  }

  static UpstreamReply single(UpstreamMessage message, String member) {
    return single(200, response(message, member));
  }

  static String response(UpstreamMessage message, String member) {
    return response(message.id().orElseThrow(), member);
  }

  static String response(MessageId id, String member) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + "," + member + "}";
  }

  static UpstreamReply single(int status, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new UpstreamReply.Single() {
      @Override
      public int status() {
        return status;
      }

      @Override
      public InputStream body() {
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public OptionalLong length() {
        return OptionalLong.of(bytes.length);
      }

      @Override
      public void close() {}
    };
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("something that did not come").isNotNull();
    return Objects.requireNonNull(next);
  }

  /** Waits for something that another thread does. */
  static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("something that did not happen").isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** A session. */
  final class Line implements UpstreamSession {
    final int number = lines.size();
    final BlockingQueue<UpstreamMessage> requests = new LinkedBlockingQueue<>();

    /** What it was told beside requests: notifications and responses. */
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    final BlockingQueue<Stream> listening = new LinkedBlockingQueue<>();
    private volatile Optional<UpstreamException> lost = Optional.empty();
    volatile boolean closed;

    /** Whether only the next message shows that the session is lost. */
    volatile boolean looksAlive;

    /** Runs before it says whether it is alive. */
    volatile Runnable whenAsked = () -> {};

    @Override
    public UpstreamReply send(UpstreamMessage message)
        throws UpstreamException, InterruptedException {
      if (lost.isPresent()) {
        throw lost.get();
      }
      String text = new String(message.bytes(), StandardCharsets.UTF_8);
      if (message.kind() != UpstreamMessage.Kind.REQUEST) {
        told.add(text);
        return new UpstreamReply.Accepted();
      }
      requests.add(message);
      Script script = scripts.get(message.method());
      return script == null
          ? single(message, "\"error\":{\"code\":-32601,\"message\":\"no such method\"}")
          : script.answer(this, message);
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
      if (lost.isPresent()) {
        looksAlive = false;
        throw lost.get();
      }
      if (!streams) {
        throw new UpstreamException(Reason.REFUSED, true, 405, "no stream");
      }
      Stream stream = new Stream(this, lastEventId.map(MessageId::text));
      listening.add(stream);
      return stream;
    }

    /** From now on the server does not know the session. */
    void lose(Reason reason, boolean delivered) {
      lost = Optional.of(new UpstreamException(reason, delivered, 0, "secret words"));
    }

    /** The requests after the handshake, of those that the server had so far. */
    List<String> texts() {
      return requests.stream()
          .filter(message -> !message.method().equals("initialize"))
          .map(message -> new String(message.bytes(), StandardCharsets.UTF_8))
          .toList();
    }

    UpstreamMessage request(String method) throws InterruptedException {
      UpstreamMessage next = next(requests);
      while (!next.method().equals(method)) {
        next = next(requests);
      }
      return next;
    }

    /** The next that it was told, after that it is initialised. */
    String told() throws InterruptedException {
      String next = next(told);
      return next.contains("notifications/initialized") ? told() : next;
    }

    @Override
    public boolean alive() {
      whenAsked.run();
      return !closed && (looksAlive || lost.isEmpty());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** What the server says, as the test wants it. */
  static final class Stream implements UpstreamReply.Events {
    private static final Event END = new Event(new byte[0], new byte[0]);

    private final Line line;
    private final Optional<MessageId> id;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();
    private volatile Optional<UpstreamException> failure = Optional.empty();

    Stream(Line line, Optional<MessageId> id) {
      this.line = line;
      this.id = id;
    }

    Line line() {
      return line;
    }

    /** The id of the request, or where the stream is to go on. */
    Optional<MessageId> id() {
      return id;
    }

    Stream says(String json) {
      return says("", json);
    }

    Stream says(String fields, String json) {
      String data = json.isEmpty() ? "" : "data: " + json + "\n";
      events.add(
          new Event(
              (fields + data + "\n").getBytes(StandardCharsets.UTF_8),
              json.getBytes(StandardCharsets.UTF_8)));
      return this;
    }

    Stream answers(String member) {
      return says(response(id.orElseThrow(), member));
    }

    Stream asks(int id, String method, String params) {
      return says(
          "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
              .formatted(id, method, params));
    }

    void ends() {
      events.add(END);
    }

    void breaks(Reason reason) {
      failure = Optional.of(new UpstreamException(reason, true, 0, "secret words"));
      events.add(END);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public Optional<Event> next() throws UpstreamException, InterruptedException {
      Event event = events.take();
      if (event != END) {
        return Optional.of(event);
      }
      if (failure.isPresent()) {
        throw failure.get();
      }
      return Optional.empty();
    }

    @Override
    public void close() {
      closed.add(true);
      events.add(END);
    }
  }

  /** The session that was opened as the first, second, … */
  Line line(int number) {
    return lines.get(number);
  }

  /** Blocks for the next session that is opened. */
  Line opened() throws InterruptedException {
    return next(opened);
  }

  int sessions() {
    return lines.size();
  }

  @Override
  public UpstreamSession connect() {
    Line line = new Line();
    lines.add(line);
    opened.add(line);
    return line;
  }

  @Override
  public boolean separatesRequests() {
    return separates;
  }

  @Override
  public Health health() {
    return new Health(true, "fake");
  }

  @Override
  public void close() {
    lines.forEach(Line::close);
  }
}
