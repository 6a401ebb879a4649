package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.legacy.WaitingLine;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server that answers as it is told, and remembers what it was sent. */
public final class FakeUpstream implements UpstreamTransport {

  /** How the server answers a request. */
  @FunctionalInterface
  public interface Script {
    UpstreamReply answer(UpstreamMessage message) throws UpstreamException, InterruptedException;
  }

  /** What the server does when a client listens. */
  @FunctionalInterface
  public interface Listening {
    EventStream listen(Optional<String> lastEventId) throws UpstreamException, InterruptedException;
  }

  /** One client's line. */
  public final class Line implements UpstreamSession, WaitingLine {
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean closed;

    /** The process at the other end ends. */
    void die() {
      closed = true;
    }

    @Override
    public void withdraw(String requestState) {
      withdrawn.add(requestState);
    }

    @Override
    public Optional<String> resumeToken() {
      return token;
    }

    @Override
    public UpstreamReply send(UpstreamMessage message)
        throws UpstreamException, InterruptedException {
      forwarded.add(message);
      return switch (message.kind()) {
        case REQUEST ->
            message.method().equals("initialize")
                ? handshake.answer(message)
                : script.answer(message);
        case NOTIFICATION, RESPONSE -> {
          otherwise.answer(message);
          yield new UpstreamReply.Accepted();
        }
      };
    }

    @Override
    public EventStream listen(Optional<String> lastEventId)
        throws UpstreamException, InterruptedException {
      listened.add(lastEventId.orElse(""));
      return listening.listen(lastEventId);
    }

    @Override
    public boolean alive() {
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
      over.countDown();
    }

    /** Waits until the gateway has closed it. */
    public void awaitClosed() throws InterruptedException {
      over.await();
    }
  }

  private final List<UpstreamMessage> forwarded = new CopyOnWriteArrayList<>();
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private volatile Script handshake = message -> FakeReply.of(initialized(message, "2025-11-25"));
  private volatile Script script = message -> FakeReply.of(result(message, "{}"));
  private volatile Script otherwise = _ -> new UpstreamReply.Accepted();
  private volatile Listening listening =
      _ -> {
        throw new UpstreamException(Reason.REFUSED, true, 405, "no stream");
      };
  private volatile Optional<String> token = Optional.empty();
  private volatile boolean resumes;
  private final List<String> resumed = new CopyOnWriteArrayList<>();
  private final List<String> listened = new CopyOnWriteArrayList<>();
  private final List<String> withdrawn = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /** The result of a request. */
  public static String result(UpstreamMessage message, String json) {
    return response(message, "\"result\":" + json);
  }

  /** The error of a request. */
  public static String error(UpstreamMessage message, int code) {
    return response(message, "\"error\":{\"code\":" + code + ",\"message\":\"no\"}");
  }

  private static String response(UpstreamMessage message, String member) {
    String id = message.id().map(MessageId::json).orElseThrow();
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + member + "}";
  }

  public static String initialized(UpstreamMessage message, String revision) {
    return result(
        message,
        "{\"protocolVersion\":\""
            + revision
            + "\",\"capabilities\":{},\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}}");
  }

  /** Answers every request but {@code initialize} so. */
  public void answers(Script answer) {
    script = answer;
  }

  /** Answers every tool call and list with one result. */
  public void answersResult(String json) {
    script = message -> FakeReply.of(result(message, json));
  }

  public void handshakes(Script answer) {
    handshake = answer;
  }

  /** Does this when a notification or a response arrives. */
  public void hears(Script answer) {
    otherwise = answer;
  }

  /** Gives this stream to clients that listen. */
  public void streams(Listening answer) {
    listening = answer;
  }

  /** Goes on with sessions of earlier runs of the gateway, under this token. */
  void keepsSessions(String with) {
    token = Optional.of(with);
    resumes = true;
  }

  /** Has forgotten all sessions, though it will keep new ones. */
  void forgetsSessions() {
    resumes = false;
  }

  /** The tokens by which sessions were gone on with. */
  List<String> resumed() {
    return resumed;
  }

  public void fails(Reason reason, boolean delivered) {
    script = failing(reason, delivered);
  }

  public static Script failing(Reason reason, boolean delivered) {
    return _ -> {
      throw new UpstreamException(reason, delivered, 0, "secret words of the transport");
    };
  }

  /** Never answers; says when a request is in. */
  public CountDownLatch hangs() {
    CountDownLatch in = new CountDownLatch(1);
    script =
        _ -> {
          in.countDown();
          new CountDownLatch(1).await();
          throw new IllegalStateException("nobody opens the latch");
        };
    return in;
  }

  /** Everything that was sent, the handshake included. */
  public List<String> texts() {
    return forwarded.stream()
        .map(message -> new String(message.bytes(), StandardCharsets.UTF_8))
        .toList();
  }

  /** Requests that were sent after the handshake. */
  public List<String> requests() {
    return forwarded.stream()
        .filter(message -> message.kind() == UpstreamMessage.Kind.REQUEST)
        .filter(message -> !message.method().equals("initialize"))
        .map(message -> new String(message.bytes(), StandardCharsets.UTF_8))
        .toList();
  }

  /** Nothing was sent so far. */
  void forget() {
    forwarded.clear();
  }

  public List<UpstreamMessage> forwarded() {
    return List.copyOf(forwarded);
  }

  /** The states of the questions that were taken back. */
  List<String> withdrawn() {
    return withdrawn;
  }

  /** Where clients listened from; empty text for the beginning. */
  List<String> listened() {
    return listened;
  }

  int lines() {
    return lines.size();
  }

  public Line lastLine() {
    return lines.getLast();
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public UpstreamSession connect() {
    Line line = new Line();
    lines.add(line);
    return line;
  }

  @Override
  public UpstreamSession resume(String with) throws UpstreamException {
    if (!resumes) {
      throw new UpstreamException(Reason.SESSION_LOST, false, 0, "gone");
    }
    resumed.add(with);
    return connect();
  }

  @Override
  public Health health() {
    return new Health(true, "fake");
  }

  @Override
  public void close() {
    closed = true;
  }

  /** One event with a message. */
  public static Event event(String json) {
    return event("", json);
  }

  /** One event with a message and further fields before it. */
  public static Event event(String fields, String json) {
    String data = json.isEmpty() ? "" : "data: " + json + "\n";
    return new Event(
        (fields + data + "\n").getBytes(StandardCharsets.UTF_8),
        json.getBytes(StandardCharsets.UTF_8));
  }
}
