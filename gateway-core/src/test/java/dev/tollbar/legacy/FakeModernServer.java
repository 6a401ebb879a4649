package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.SseText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server that speaks 2026-07-28 only, answers as it is told, and remembers what it was sent. */
final class FakeModernServer implements UpstreamSession {
  static final String DISCOVERED =
      "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{\"listChanged\":true},"
          + "\"logging\":{},\"resources\":{\"subscribe\":true,\"listChanged\":true}},"
          + "\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\","
          + "\"instructions\":\"Be nice.\","
          + "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}}}";

  /** How the server answers a request. */
  @FunctionalInterface
  interface Script {
    UpstreamReply answer(UpstreamMessage message) throws UpstreamException, InterruptedException;
  }

  private final Map<String, Deque<Script>> scripts = new HashMap<>();
  private final List<UpstreamMessage> sent = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<Stream> listeners = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  FakeModernServer() {
    answers("server/discover", DISCOVERED);
    script("tools/list", message -> new OneMessage(result(message, "{\"tools\":[]}")));
    script("subscriptions/listen", this::acknowledged);
  }

  /** Answers a method so from now on. */
  void script(String method, Script... answers) {
    synchronized (scripts) {
      scripts.put(method, new ArrayDeque<>(List.of(answers)));
    }
  }

  /** Answers a method with these results, the last of them again and again. */
  void answers(String method, String... results) {
    script(
        method,
        List.of(results).stream()
            .map(json -> (Script) message -> new OneMessage(result(message, json)))
            .toArray(Script[]::new));
  }

  /** Refuses a method. */
  void refuses(String method, int status, String error) {
    script(method, message -> new OneMessage(status, error(message, error)));
  }

  static byte[] result(UpstreamMessage request, String json) {
    return response(request, "\"result\":" + json);
  }

  static byte[] error(UpstreamMessage request, String json) {
    return response(request, "\"error\":" + json);
  }

  private static byte[] response(UpstreamMessage request, String member) {
    String id = request.id().map(MessageId::json).orElseThrow();
    return ("{" + member + ",\"jsonrpc\":\"2.0\",\"id\":" + id + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A stream of notifications, acknowledged with all that was asked for. */
  private UpstreamReply acknowledged(UpstreamMessage message) {
    Stream stream = new Stream(message);
    String params = text(message);
    String notifications = params.substring(params.indexOf("\"notifications\":"));
    stream.say(
        "{\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{"
            + notifications.substring(0, notifications.length() - 1)
            + ",\"jsonrpc\":\"2.0\"}");
    listeners.add(stream);
    return stream;
  }

  /** The next stream that was opened with {@code subscriptions/listen}. */
  Stream listener() throws InterruptedException {
    Stream stream = listeners.poll(20, TimeUnit.SECONDS);
    if (stream == null) {
      throw new IllegalStateException("nobody listens");
    }
    return stream;
  }

  /** Takes a stream, too, that a script has opened. */
  void opened(Stream stream) {
    listeners.add(stream);
  }

  /** What the server was sent with one method. */
  List<UpstreamMessage> sent(String method) {
    return sent.stream().filter(message -> message.method().equals(method)).toList();
  }

  UpstreamMessage last() {
    return sent.getLast();
  }

  List<String> methods() {
    return sent.stream().map(UpstreamMessage::method).toList();
  }

  static String text(UpstreamMessage message) {
    return new String(message.bytes(), StandardCharsets.UTF_8);
  }

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    sent.add(message);
    Script script;
    synchronized (scripts) {
      Deque<Script> known = scripts.get(message.method());
      if (known == null) {
        return new OneMessage(404, error(message, "{\"code\":-32601,\"message\":\"no\"}"));
      }
      script = known.size() > 1 ? known.remove() : known.element();
    }
    return script.answer(message);
  }

  @Override
  public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
    throw new UpstreamException(Reason.REFUSED, true, 405, "no stream");
  }

  @Override
  public boolean alive() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }

  /** Events that a test says one by one. */
  static final class Stream implements UpstreamReply.Events {
    private static final Event END = new Event(new byte[0], new byte[0]);

    private final UpstreamMessage request;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    Stream(UpstreamMessage request) {
      this.request = request;
    }

    UpstreamMessage request() {
      return request;
    }

    Stream say(String json) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      events.add(new Event(SseText.message(bytes), bytes));
      return this;
    }

    Stream comment(String raw) {
      events.add(new Event(raw.getBytes(StandardCharsets.UTF_8), new byte[0]));
      return this;
    }

    Stream answer(String result) {
      return say(new String(result(request, result), StandardCharsets.UTF_8));
    }

    Stream end() {
      events.add(END);
      return this;
    }

    @Override
    public Optional<Event> next() throws InterruptedException {
      Event event = events.take();
      if (event.equals(END)) {
        events.add(END);
        return Optional.empty();
      }
      return Optional.of(event);
    }

    @Override
    public void close() {
      closed.countDown();
      events.add(END);
    }

    /** Whether it was closed, or is within some seconds. */
    boolean closed() throws InterruptedException {
      return closed.await(20, TimeUnit.SECONDS);
    }

    boolean stillOpen() {
      return closed.getCount() > 0;
    }
  }
}
