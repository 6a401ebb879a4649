package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request at a legacy server, from the moment it is sent to its answer. A thread of its own sends
 * it and reads what comes, since the server may ask something on another stream before it says the
 * first byte, and since the call outlives the rounds in which a modern client makes it.
 */
final class LegacyCall {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyCall.class);
  private static final int LARGEST_RESPONSE = 64 * 1024 * 1024;

  private final LegacyLine line;
  private final long number;
  private final boolean mayAsk;
  private final UpstreamMessage message;
  private final Optional<LogLevel> level;
  private final CallQueue queue = new CallQueue();

  /** What the server asked and nobody has answered. */
  private final Set<MessageId> open = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean over = new AtomicBoolean();
  private final Thread worker;

  LegacyCall(
      LegacyLine line,
      long number,
      UpstreamMessage message,
      boolean mayAsk,
      Optional<LogLevel> level) {
    this.line = line;
    this.number = number;
    this.message = message;
    this.mayAsk = mayAsk;
    this.level = level;
    this.worker = Thread.ofVirtual().name("call " + number).unstarted(this::work);
  }

  void start() {
    worker.start();
  }

  /** Later calls have higher ones. */
  long number() {
    return number;
  }

  MessageId id() {
    return MessageId.number(number);
  }

  Optional<LogLevel> level() {
    return level;
  }

  LegacyLine line() {
    return line;
  }

  boolean isOver() {
    return over.get();
  }

  /** Whether the server may ask the client something while it works on this. */
  boolean mayAsk() {
    return mayAsk && !over.get();
  }

  CallQueue queue() {
    return queue;
  }

  // --- what comes from the server

  private void work() {
    try (UpstreamReply reply = line.session().send(message)) {
      switch (reply) {
        case UpstreamReply.Accepted _ ->
            fail(malformed("the server accepted a request without an answer"));
        case UpstreamReply.Single single -> single(single);
        case UpstreamReply.Events events -> events(events);
      }
    } catch (UpstreamException e) {
      fail(e);
    } catch (InterruptedException e) {
      LOG.debug("call {} is not wanted any more", number);
    } catch (RuntimeException e) { // transports are strangers
      LOG.error("a reply could not be read", e);
      fail(malformed("the reply could not be read"));
    }
  }

  private void single(UpstreamReply.Single single) throws UpstreamException {
    byte[] bytes;
    try {
      bytes = single.body().readNBytes(LARGEST_RESPONSE + 1);
    } catch (IOException e) {
      throw new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage()));
    }
    if (bytes.length > LARGEST_RESPONSE) {
      throw malformed("the reply is larger than " + LARGEST_RESPONSE + " bytes");
    }
    try {
      Message response = StrictParser.parseServer(bytes);
      if (!response.id().equals(Optional.of(id()))) {
        throw malformed("the server answered with another id");
      }
      answered(response);
    } catch (MalformedMessageException e) {
      if (single.status() >= 400) {
        throw new UpstreamException(
            Reason.REFUSED,
            true,
            single.status(),
            "the server answered with status " + single.status());
      }
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private void events(UpstreamReply.Events events) throws UpstreamException, InterruptedException {
    SseCursor cursor = new SseCursor();
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      Event event = next.get();
      cursor.passed(event);
      if (event.data().length > 0) {
        line.sort(parsed(event), Optional.of(this), true);
      }
      if (over.get()) {
        return;
      }
    }
    if (over.get()) {
      return;
    }
    if (!cursor.canGoOn()) {
      throw new UpstreamException(
          Reason.BROKEN, true, 0, "the server's stream ended before its answer");
    }
    // MCP 2025-11-25, SSE polling: the stream lives on, and is read by another request.
    line.stream().goOn(this, cursor);
  }

  private static Message parsed(Event event) throws UpstreamException {
    try {
      return StrictParser.parseServer(event.data());
    } catch (MalformedMessageException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(Reason.MALFORMED, true, 0, what);
  }

  /**
   * A notification on the way.
   *
   * @param patient whether to wait while the client is slow; else it is dropped then
   */
  void said(Message notification, boolean patient) throws InterruptedException {
    CallEvent.Said said = new CallEvent.Said(notification);
    if (patient) {
      queue.put(said);
    } else if (!queue.offer(said)) {
      LOG.debug("call {}: a notification more than its client reads", number);
    }
  }

  /** A question of the server. False if the client cannot hear it any more. */
  boolean asked(Question question) {
    if (!open.add(question.id())) {
      return true; // sent again on a stream that went on
    }
    if (mayAsk() && queue.offer(new CallEvent.Asked(question))) {
      return true;
    }
    open.remove(question.id());
    return false;
  }

  /** The server does not want to know any more. */
  void withdrawn(MessageId question) {
    open.remove(question);
  }

  void answered(Message response) {
    end(new CallEvent.Answered(response));
  }

  void fail(UpstreamException why) {
    end(new CallEvent.Failed(why));
  }

  private void end(CallEvent event) {
    if (over.compareAndSet(false, true)) {
      line.ended(this);
      queue.end(event);
      if (!open.isEmpty()) {
        Thread.ofVirtual().name("questions of call " + number).start(this::refuseQuestions);
      }
    }
  }

  // --- what comes from the client

  /** Whether the server still waits for an answer to this. */
  boolean awaits(Question question) {
    return open.contains(question.id());
  }

  /**
   * Answers a question of the server, unless it does not want to know any more.
   *
   * @param result JSON text
   */
  void answer(Question question, String result) throws UpstreamException, InterruptedException {
    if (open.remove(question.id())) {
      line.respond(question.id(), "\"result\":" + result);
    }
  }

  /** The client does not want the answer any more. Returns at once; the server is told. */
  void cancel() {
    if (over.compareAndSet(false, true)) {
      line.ended(this);
      Thread.ofVirtual()
          .name("end of call " + number)
          .start(() -> {
            line.cancelled(id());
            refuseQuestions();
          });
      worker.interrupt();
    }
  }

  /** A question that stays open would keep the session from noticing a silent server. */
  private void refuseQuestions() {
    for (MessageId question : Set.copyOf(open)) {
      if (open.remove(question)) {
        line.refuse(question, ErrorCode.REQUEST_CANCELLED, "The request that it is about is over.");
      }
    }
  }
}
