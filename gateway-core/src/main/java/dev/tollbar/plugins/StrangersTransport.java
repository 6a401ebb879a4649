package dev.tollbar.plugins;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A transport of a plugin that did not come with the gateway. All of its code runs on threads of
 * the operating system, so that an endless loop of it leaves other calls their turns, and within a
 * time: the server's own, and what the gateway gives every plugin on top. What it throws that it
 * must not is a transport that is broken.
 */
final class StrangersTransport implements UpstreamTransport {
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private final UpstreamTransport transport;
  private final PluginThread thread;
  private final TransportContext context;
  private final Duration patience;
  private final boolean separatesRequests;

  private StrangersTransport(
      UpstreamTransport transport,
      boolean separatesRequests,
      PluginThread thread,
      TransportContext context) {
    this.transport = transport;
    this.separatesRequests = separatesRequests;
    this.thread = thread;
    this.context = context;
    this.patience = context.timeout().plus(thread.runLimit());
  }

  /** A transport that was just opened, on the thread that it was opened on. */
  static StrangersTransport of(
      UpstreamTransport transport, PluginThread thread, TransportContext context) {
    return new StrangersTransport(transport, transport.separatesRequests(), thread, context);
  }

  /**
   * What the code gives, as long as a server may take.
   *
   * @param delivered whether the message may have reached the server, should this fail
   */
  <T> T call(boolean delivered, Callable<T> code, Consumer<T> tooLate)
      throws UpstreamException, InterruptedException {
    return told(delivered, () -> thread.bounded(patience, code, tooLate));
  }

  /** The next event of an answer, which a server has as long for as for the whole of one. */
  <T> T next(Callable<T> code) throws UpstreamException, InterruptedException {
    return call(true, code, _ -> {});
  }

  /** The next event of a stream that may be silent for as long as it likes. */
  <T> T listen(Callable<T> code) throws UpstreamException, InterruptedException {
    return told(true, () -> thread.listening(FOR_EVER, code, _ -> {}));
  }

  /** What the code gives, or what the core knows how to deal with. */
  private <T> T told(boolean delivered, Callable<T> code)
      throws UpstreamException, InterruptedException {
    try {
      return Objects.requireNonNull(code.call(), "gave nothing");
    } catch (LatePluginException e) {
      throw new UpstreamException(
          UpstreamException.Reason.TIMEOUT, delivered, 0, "the transport " + e.getMessage());
    } catch (UpstreamException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      context.logger().warn("the transport failed", e);
      throw new UpstreamException(
          UpstreamException.Reason.BROKEN, delivered, 0, "the transport failed");
    }
  }

  /** What the code gives at once, or else what is given. */
  <T> T ask(T otherwise, Callable<T> code) {
    try {
      return Objects.requireNonNull(thread.bounded(code, _ -> {}));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    } catch (Exception e) {
      context.logger().warn("the transport failed", e);
      return otherwise;
    }
  }

  /** Closes what nobody waits for: that it fails is only logged. */
  void end(PluginThread.Ending code) {
    try {
      thread.end(code);
    } catch (RuntimeException e) {
      context.logger().warn("the transport failed", e);
    }
  }

  @Override
  public UpstreamSession connect() throws UpstreamException, InterruptedException {
    return session(transport::connect);
  }

  @Override
  public UpstreamSession resume(String token) throws UpstreamException, InterruptedException {
    return session(() -> transport.resume(token));
  }

  private UpstreamSession session(Callable<UpstreamSession> code)
      throws UpstreamException, InterruptedException {
    return new Session(call(false, code, UpstreamSession::close));
  }

  @Override
  public boolean separatesRequests() {
    return separatesRequests;
  }

  @Override
  public Health health() {
    return ask(new Health(false, "the transport does not say"), transport::health);
  }

  @Override
  public void close() {
    end(transport::close);
  }

  private final class Session implements UpstreamSession {
    private final UpstreamSession session;

    Session(UpstreamSession session) {
      this.session = session;
    }

    @Override
    public UpstreamReply send(UpstreamMessage message)
        throws UpstreamException, InterruptedException {
      return call(true, () -> wrapped(session.send(message)), UpstreamReply::close);
    }

    /** On the thread of the plugin, which is asked for all that does not change. */
    private UpstreamReply wrapped(UpstreamReply reply) {
      return switch (reply) {
        case UpstreamReply.Accepted accepted -> accepted;
        case UpstreamReply.Single single -> StrangersReply.of(single, StrangersTransport.this);
        case UpstreamReply.Events events ->
            new StrangersEvents(events, StrangersTransport.this, false);
      };
    }

    @Override
    public EventStream listen(Optional<String> lastEventId)
        throws UpstreamException, InterruptedException {
      EventStream stream = call(true, () -> session.listen(lastEventId), EventStream::close);
      return new StrangersEvents(stream, StrangersTransport.this, true);
    }

    @Override
    public Optional<String> resumeToken() {
      return ask(Optional.empty(), session::resumeToken);
    }

    @Override
    public boolean alive() {
      return ask(false, session::alive);
    }

    @Override
    public void close() {
      end(session::close);
    }
  }
}
