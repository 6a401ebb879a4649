package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Revision;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's line to its server, which is replaced when the server has forgotten the session or
 * its process is gone: connected, initialised with the client's own introduction and told again
 * what the client had set, so that the client notices nothing. One thread does so; the others wait
 * for it.
 *
 * <p>A request is sent again, once, only if it was provably not executed. {@link
 * Reason#SESSION_LOST} means that the session is over for the client, too.
 */
final class ServerLine implements UpstreamSession {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLine.class);
  private static final int BAD_REQUEST = 400;

  /** What the line tells its session. */
  interface Listener {
    /** The client has said that it is ready. */
    void initialized();

    /** The server at the other end has forgotten the session: what it has asked is void. */
    void broken();

    /** There is a server at the other end again. */
    void replaced();
  }

  /** One line of those that follow each other. */
  private static final class Line {
    private final UpstreamSession upstream;

    /** Whether the server has shown that it knows the session. */
    private volatile boolean proven;

    /** Whether it has opened a stream of what belongs to no request. */
    private volatile boolean listened;

    private Line(UpstreamSession upstream, boolean proven) {
      this.upstream = upstream;
      this.proven = proven;
    }

    private boolean alive() {
      return upstream.alive();
    }
  }

  private final Reach reach;
  private final Revision revision;
  private final Optional<Hello> hello;
  private final Consumer<Event> aside;
  private final Listener listener;
  private final Settings settings = new Settings();
  private final ReentrantLock replacing = new ReentrantLock();
  private volatile Optional<Line> now;
  private volatile boolean initialized;
  private volatile boolean closed;
  private Optional<String> token;

  private ServerLine(
      Reach reach,
      Revision revision,
      Optional<Hello> hello,
      Optional<UpstreamSession> open,
      Optional<String> token,
      Consumer<Event> aside,
      Listener listener) {
    this.reach = reach;
    this.revision = revision;
    this.hello = hello;
    this.now = open.map(upstream -> new Line(upstream, true));
    this.token = token;
    this.aside = aside;
    this.listener = listener;
  }

  /** How the client introduced itself; empty if that was too much to be kept. */
  Optional<Hello> hello() {
    return hello;
  }

  /**
   * A line that the client's own {@code initialize} has opened.
   *
   * @param aside takes what the server says to nobody
   */
  static ServerLine opened(
      Reach reach,
      Revision revision,
      Optional<Hello> hello,
      UpstreamSession upstream,
      Consumer<Event> aside,
      Listener listener) {
    return new ServerLine(
        reach, revision, hello, Optional.of(upstream), Optional.empty(), aside, listener);
  }

  /** A line of a session that another run of the gateway has opened; connects when it is needed. */
  static ServerLine stored(
      Reach reach, StoredSession session, Consumer<Event> aside, Listener listener) {
    ServerLine line =
        new ServerLine(
            reach,
            session.revision(),
            session.hello(),
            Optional.empty(),
            session.tokenFor(reach),
            aside,
            listener);
    line.initialized = true;
    return line;
  }

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    return switch (message.kind()) {
      case REQUEST -> request(message);
      case NOTIFICATION -> notification(message);
      case RESPONSE -> onlyHere(message);
    };
  }

  private UpstreamReply request(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    Line line = current();
    UpstreamReply reply;
    try {
      reply = sent(line, message);
    } catch (UpstreamException e) {
      if (!isVoid(e, line)) {
        throw failure(e);
      }
      reply = sentAgain(replaced(line, e), message);
    }
    settings.note(message);
    return reply;
  }

  private static UpstreamReply sent(Line line, UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    UpstreamReply reply = line.upstream.send(message);
    line.proven = true;
    return reply;
  }

  /** A server that forgets a session as soon as it has begun keeps none: then this one is over. */
  private static UpstreamReply sentAgain(Line line, UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    try {
      return sent(line, message);
    } catch (UpstreamException e) {
      throw e.reason() == Reason.SESSION_LOST && isVoid(e, line) ? e : failure(e);
    }
  }

  /**
   * Whether a request was not executed, because there was no session to execute it in: the server
   * said so, with a status, or it never got there.
   */
  private static boolean isVoid(UpstreamException e, Line line) {
    return e.reason() == Reason.SESSION_LOST
        ? e.status() != 0 || !e.delivered()
        : !e.delivered() && !line.alive();
  }

  private UpstreamReply notification(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    switch (message.method()) {
      case "notifications/cancelled" -> {
        return onlyHere(message);
      }
      case "notifications/initialized" -> {
        Line line = current();
        initialized = true;
        try {
          return line.upstream.send(message);
        } finally {
          listener.initialized();
        }
      }
      default -> {
        return current().upstream.send(message);
      }
    }
  }

  /** For what means nothing to another server than the one that is there. */
  private UpstreamReply onlyHere(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    Optional<Line> line = now.filter(Line::alive);
    if (line.isEmpty()) {
      throw new UpstreamException(
          Reason.BROKEN, false, 0, "the server that this was for is no longer there");
    }
    return line.get().upstream.send(message);
  }

  /**
   * A stream that goes on where another one broke off. A server that has forgotten the session is
   * told of it again, but has forgotten the stream, too.
   */
  @Override
  public EventStream listen(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    Line line = current();
    try {
      EventStream stream = line.upstream.listen(lastEventId);
      line.proven = true;
      return stream;
    } catch (UpstreamException e) {
      if (forgotten(e, line)) {
        replaced(line, e);
      }
      throw failure(e);
    }
  }

  /** The stream of what belongs to no request. A server that has forgotten the session is told. */
  EventStream standing(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    Line line = now.isPresent() ? now.get() : current();
    try {
      return standing(line, lastEventId);
    } catch (UpstreamException e) {
      if (!forgotten(e, line)) {
        throw failure(e);
      }
      return standing(replaced(line, e), Optional.empty());
    }
  }

  private static EventStream standing(Line line, Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    EventStream stream = line.upstream.listen(lastEventId);
    line.proven = true;
    line.listened = true;
    return stream;
  }

  /**
   * Whether the server knew the session before and does not any more; some servers say 400 then. A
   * process that ended is not started for the sake of this stream.
   */
  private static boolean forgotten(UpstreamException e, Line line) {
    return switch (e.reason()) {
      case SESSION_LOST -> e.status() != 0;
      case REFUSED -> e.status() == BAD_REQUEST && (line.listened || !line.proven);
      default -> false;
    };
  }

  private Line current() throws UpstreamException, InterruptedException {
    Optional<Line> line = now;
    return line.isPresent() && line.get().alive() ? line.get() : replaced(line);
  }

  private Line replaced(Line broken, UpstreamException why)
      throws UpstreamException, InterruptedException {
    LOG.info("{}: a session is initialised anew: {}", reach.server(), why.getMessage());
    return replaced(Optional.of(broken));
  }

  /** Another line than this one: the one that another thread has opened meanwhile, or a new one. */
  private Line replaced(Optional<Line> broken) throws UpstreamException, InterruptedException {
    replacing.lockInterruptibly();
    try {
      Optional<Line> there = now.filter(Line::alive);
      if (there.isPresent() && !there.equals(broken)) {
        return there.get();
      }
      checkOpen();
      if (broken.isPresent()) {
        listener.broken();
      }
      Line line = open();
      now = Optional.of(line);
      if (closed) {
        close(line.upstream);
        checkOpen();
      }
      broken.ifPresent(old -> close(old.upstream));
      if (broken.isPresent()) {
        listener.replaced();
      }
      return line;
    } finally {
      replacing.unlock();
    }
  }

  private void checkOpen() throws UpstreamException {
    if (closed) {
      throw new UpstreamException(Reason.BROKEN, false, 0, "the session was closed");
    }
  }

  private Line open() throws UpstreamException, InterruptedException {
    Optional<String> resumed = token;
    token = Optional.empty();
    if (resumed.isPresent()) {
      try {
        return new Line(reach.resuming().resume(resumed.get()), false);
      } catch (UpstreamException e) {
        if (e.reason() != Reason.SESSION_LOST) {
          token = resumed;
          throw notDelivered(e);
        }
      }
    }
    return new Line(initialise(), true);
  }

  private UpstreamSession initialise() throws UpstreamException, InterruptedException {
    Hello again = hello.orElseThrow(() -> over("the server does not know the session any more"));
    UpstreamSession upstream;
    try {
      upstream = reach.connecting().connect();
    } catch (UpstreamException e) {
      throw notDelivered(e);
    }
    boolean done = false;
    try {
      Reinitialisation.of(upstream, revision, aside).run(again, initialized, settings);
      done = true;
      return upstream;
    } catch (Reinitialisation.OtherRevisionException e) {
      throw over("the server speaks another protocol revision than before");
    } catch (UpstreamException e) {
      throw notDelivered(e);
    } finally {
      if (!done) {
        close(upstream);
      }
    }
  }

  /** Of the client's message, which nothing of what failed here has carried. */
  private static UpstreamException notDelivered(UpstreamException e) {
    Reason reason = e.reason() == Reason.SESSION_LOST ? Reason.BROKEN : e.reason();
    return new UpstreamException(reason, false, e.status(), "initialising anew: " + e.getMessage());
  }

  /** A line that breaks ends a call, not the session. */
  private static UpstreamException failure(UpstreamException e) {
    return e.reason() == Reason.SESSION_LOST
        ? new UpstreamException(
            Reason.BROKEN, e.delivered(), e.status(), String.valueOf(e.getMessage()))
        : e;
  }

  private static UpstreamException over(String why) {
    return new UpstreamException(Reason.SESSION_LOST, false, 0, why);
  }

  /** Ending a process takes its time, which nobody has to wait for. */
  private static void close(UpstreamSession upstream) {
    Thread.ofVirtual().name("end of a line").start(upstream::close);
  }

  @Override
  public Optional<String> resumeToken() {
    return now.flatMap(line -> line.upstream.resumeToken());
  }

  @Override
  public boolean alive() {
    return !closed;
  }

  /** Ends the session at the server, too. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      now.ifPresent(line -> line.upstream.close());
    }
  }

  /** Lets go of the line; a server that another run of the gateway can go on with is not told. */
  void leave() {
    if (now.map(line -> line.upstream.resumeToken().isEmpty()).orElse(false)) {
      close();
    }
    closed = true;
  }
}
