package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.SseText;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on a {@link SharedLine}, and the reply that its client reads. A thread of its own
 * reads what the transport brings, since some of that may be for other requests.
 */
final class SharedCall implements UpstreamReply.Events {
  private static final Logger LOG = LoggerFactory.getLogger(SharedCall.class);
  private static final int LARGEST_RESPONSE = 64 * 1024 * 1024;

  private final SharedLine line;
  private final UpstreamMessage message;
  private final Message request;
  private final CallQueue queue = new CallQueue();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Thread worker;
  private Optional<CallEvent> first = Optional.empty();
  private boolean answered;

  /**
   * A call that has not begun.
   *
   * @param message as the server gets it
   * @param request as the client sent it
   */
  SharedCall(SharedLine line, UpstreamMessage message, Message request) {
    this.line = line;
    this.message = message;
    this.request = request;
    this.worker =
        Thread.ofVirtual().name("call " + message.id().orElseThrow()).unstarted(this::work);
  }

  MessageId id() {
    return message.id().orElseThrow();
  }

  Optional<String> revision() {
    return message.protocolRevision();
  }

  /** Sends the request, and blocks for the first message. */
  UpstreamReply begin() throws UpstreamException, InterruptedException {
    worker.start();
    boolean begun = false;
    try {
      CallEvent event = queue.take();
      begun = true;
      return switch (event) {
        case CallEvent.Answered answer -> {
          byte[] bytes = SharedLine.forClient(answer.response(), request);
          long code = ModernResult.code(answer.response());
          yield new Output(bytes, Output.status(code), true).single();
        }
        case CallEvent.Failed failed -> throw withoutSession(failed.why());
        case CallEvent.Said _, CallEvent.Asked _ -> {
          first = Optional.of(event);
          yield this;
        }
      };
    } finally {
      if (!begun) {
        close();
      }
    }
  }

  /** The client has no session that it could have lost. */
  private static UpstreamException withoutSession(UpstreamException e) {
    return e.reason() == Reason.SESSION_LOST
        ? new UpstreamException(Reason.BROKEN, e.delivered(), 0, String.valueOf(e.getMessage()))
        : e;
  }

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    if (answered) {
      return Optional.empty();
    }
    CallEvent event = first.isPresent() ? first.get() : queue.take();
    first = Optional.empty();
    return switch (event) {
      case CallEvent.Said said -> Optional.of(event(said.notification()));
      case CallEvent.Answered answer -> {
        answered = true;
        yield Optional.of(event(answer.response()));
      }
      case CallEvent.Failed failed -> {
        answered = true;
        if (failed.why().reason() == Reason.SESSION_LOST && !failed.why().delivered()) {
          yield Optional.empty(); // closed here
        }
        throw failed.why();
      }
      case CallEvent.Asked _ -> throw new IllegalStateException("a modern server asks nothing");
    };
  }

  private Event event(Message said) {
    byte[] bytes = SharedLine.forClient(said, request);
    return new Event(SseText.message(bytes), bytes);
  }

  // --- what comes from the server

  private void work() {
    try (UpstreamReply reply = line.session().send(message)) {
      switch (reply) {
        case UpstreamReply.Accepted _ ->
            fail(malformed("the server accepted a request without an answer"));
        case UpstreamReply.Single single -> {
          Message response = parsed(single.body().readNBytes(LARGEST_RESPONSE + 1));
          if (!response.id().equals(Optional.of(id()))) {
            throw malformed("the server answered with another id");
          }
          answered(response);
        }
        case UpstreamReply.Events events -> events(events);
      }
    } catch (UpstreamException e) {
      fail(e);
    } catch (IOException e) {
      fail(new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      LOG.debug("call {} is not wanted any more", id());
    } catch (RuntimeException e) { // transports are strangers
      LOG.error("a reply could not be read", e);
      fail(malformed("the reply could not be read"));
    }
  }

  private void events(UpstreamReply.Events events) throws UpstreamException, InterruptedException {
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      if (next.get().data().length > 0) {
        line.sort(parsed(next.get().data()), this);
      }
      if (over.get()) {
        return;
      }
    }
    fail(
        new UpstreamException(
            Reason.BROKEN, true, 0, "the server's stream ended before its answer"));
  }

  private static Message parsed(byte[] bytes) throws UpstreamException {
    try {
      return StrictParser.parseServer(bytes);
    } catch (MalformedMessageException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(Reason.MALFORMED, true, 0, what);
  }

  /** A notification; one that came on the reply of another call does not wait for the client. */
  void said(Message notification, boolean patient) throws InterruptedException {
    CallEvent.Said said = new CallEvent.Said(notification);
    if (patient) {
      queue.put(said);
    } else if (!queue.offer(said)) {
      LOG.debug("call {}: a notification more than its client reads", id());
    }
  }

  void answered(Message response) {
    end(new CallEvent.Answered(response));
  }

  private void fail(UpstreamException why) {
    end(new CallEvent.Failed(why));
  }

  private void end(CallEvent event) {
    if (over.compareAndSet(false, true)) {
      line.ended(this);
      queue.end(event);
    }
  }

  /** Cancels the request, unless it is over. Returns at once; the server is told. */
  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      line.ended(this);
      queue.end(
          new CallEvent.Failed(
              new UpstreamException(Reason.SESSION_LOST, false, 0, "the reply was closed")));
      Thread.ofVirtual().name("end of call " + id()).start(() -> line.cancelled(this));
      worker.interrupt();
    }
  }
}
