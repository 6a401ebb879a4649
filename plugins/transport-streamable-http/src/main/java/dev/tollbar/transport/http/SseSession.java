package dev.tollbar.transport.http;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.transport.common.CallReply;
import dev.tollbar.transport.common.ServerMessage;
import dev.tollbar.transport.common.Switchboard;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One client's stream of a server of 2024-11-05, and the POSTs that belong to it. The stream is the
 * session: it cannot be resumed, and its comments and event ids mean nothing to anybody else.
 */
final class SseSession implements UpstreamSession {
  private static final int MOST_WARNINGS = 20;

  private final SseConfig config;
  private final Duration firstByte;
  private final Duration idle;
  private final Logger logger;
  private final Connections connections;
  private final InFlight inFlight;
  private final SseStream stream;
  private final PostHeads postHeads;
  private final Switchboard switchboard;
  private final LastContact lastContact;
  private final Consumer<SseSession> whenClosed;
  private final AtomicReference<@Nullable String> whyEnded = new AtomicReference<>();
  private int skipped;

  SseSession(
      SseConfig config,
      Duration timeout,
      Logger logger,
      RequestHeaders headers,
      Connections connections,
      InFlight inFlight,
      SseStream stream,
      LastContact lastContact,
      Consumer<SseSession> whenClosed) {
    this.config = config;
    this.logger = logger;
    this.connections = connections;
    this.inFlight = inFlight;
    this.stream = stream;
    this.lastContact = lastContact;
    this.whenClosed = whenClosed;
    firstByte = config.firstByteTimeout().orElse(timeout);
    idle = config.idleTimeout().orElse(timeout);
    postHeads = new PostHeads(headers.to(stream.messages()), Optional.empty());
    switchboard = new Switchboard(idle, logger);
  }

  /** Begins to read what the server says. */
  void start(String server) {
    Thread.ofVirtual().name("stream of " + server).start(this::readStream);
  }

  // --- what the server says

  private void readStream() {
    try (stream) {
      for (Optional<Event> event = stream.next(); event.isPresent(); event = stream.next()) {
        receive(event.get().data());
      }
      lose(SseStream.ended());
    } catch (UpstreamException e) {
      lose(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      lose(new UpstreamException(Reason.BROKEN, true, 0, "the session's stream was interrupted"));
    }
  }

  private void receive(byte[] data) throws InterruptedException {
    if (data.length == 0) {
      return;
    }
    Optional<ServerMessage> message = ServerMessage.read(data);
    if (message.isPresent()) {
      Switchboard.oneLine(data);
      switchboard.deliver(data, message.get());
      return;
    }
    if (skipped < MOST_WARNINGS) {
      skipped++;
      logger.warn(
          "skipped an event of {} bytes that is no message{}",
          data.length,
          skipped == MOST_WARNINGS ? "; more of them will not be logged" : "");
    }
    switchboard.malformed(
        new UpstreamException(
            Reason.MALFORMED, true, 0, "the server sent an event that is no message"));
  }

  private void lose(UpstreamException why) {
    if (end(why)) {
      lastContact.failed(why);
      logger.warn("{}", why.getMessage());
    }
  }

  private boolean end(UpstreamException why) {
    if (!whyEnded.compareAndSet(null, String.valueOf(why.getMessage()))) {
      return false;
    }
    switchboard.end(why, Reason.SESSION_LOST);
    inFlight.closeAll();
    whenClosed.accept(this);
    return true;
  }

  // --- what the client says

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    byte[] head = postHeads.head(Optional.empty(), message);
    return switch (message.kind()) {
      case REQUEST -> request(message, head);
      case NOTIFICATION -> post(head, message.bytes());
      case RESPONSE -> {
        UpstreamReply accepted = post(head, message.bytes());
        message.id().ifPresent(switchboard::answered);
        yield accepted;
      }
    };
  }

  /** Some servers accept a request only once they have answered it, or asked something back. */
  private UpstreamReply request(UpstreamMessage message, byte[] head)
      throws UpstreamException, InterruptedException {
    Switchboard.Call call =
        switchboard.open(
            message
                .id()
                .orElseThrow(() ->
                    new UpstreamException(Reason.REFUSED, false, 0, "a request without an id")),
            message.progressToken());
    Thread posting =
        Thread.ofVirtual().name("request").start(() -> post(head, message.bytes(), call));
    boolean answered = false;
    try {
      UpstreamReply reply = CallReply.of(call).orElseThrow(this::sessionLost);
      answered = true;
      return reply;
    } finally {
      if (!answered) {
        call.close();
        posting.interrupt();
      }
    }
  }

  private void post(byte[] head, byte[] body, Switchboard.Call call) {
    try {
      post(head, body);
    } catch (UpstreamException e) {
      boolean slow = e.reason() == Reason.TIMEOUT && e.delivered();
      // The answer to the POST says little: what comes on the stream counts, which has its own
      // time.
      if (!slow) {
        call.giveUp(e);
      }
    } catch (InterruptedException e) {
      // Nobody waits for the reply any more.
      Thread.currentThread().interrupt();
    }
  }

  private UpstreamReply post(byte[] head, byte[] body)
      throws UpstreamException, InterruptedException {
    if (!alive()) {
      throw sessionLost();
    }
    try {
      Exchange exchange =
          Exchange.begin(connections, inFlight, head, body, firstByte, config.maxHeaderBytes());
      boolean done = false;
      try {
        lastContact.answered(exchange.head().status());
        UpstreamReply accepted = Receipt.accepted(exchange, idle, config.maxHeaderBytes());
        done = true;
        return accepted;
      } catch (IOException e) {
        throw exchange.failure(e);
      } finally {
        if (!done) {
          exchange.close();
        }
      }
    } catch (UpstreamException e) {
      lastContact.failed(e);
      throw e;
    }
  }

  private UpstreamException sessionLost() {
    return new UpstreamException(Reason.SESSION_LOST, false, 0, String.valueOf(whyEnded.get()));
  }

  /** The messages that belong to no call. Nothing can be resumed: the stream is the session. */
  @Override
  public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
    if (!alive()) {
      throw sessionLost();
    }
    return switchboard.listen();
  }

  @Override
  public boolean alive() {
    return whyEnded.get() == null;
  }

  /** Closes the stream, which is how the server learns of it. */
  @Override
  public void close() {
    end(new UpstreamException(Reason.SESSION_LOST, true, 0, "the session was closed"));
    stream.close();
  }
}
