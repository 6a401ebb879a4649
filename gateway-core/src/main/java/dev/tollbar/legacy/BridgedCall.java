package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.SseText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of a legacy client at a modern server. What the server wants to know in the middle of
 * it is asked of the client on the request's own stream, and the request repeated with the answers
 * (MCP 2026-07-28, "multi round-trip requests").
 */
final class BridgedCall implements UpstreamReply.Events {
  private static final Logger LOG = LoggerFactory.getLogger(BridgedCall.class);
  private static final Set<String> MAY_ASK = Set.of("tools/call", "prompts/get", "resources/read");
  private static final int MOST_ROUNDS = 16;

  private final Message request;
  private final ClientProfile client;
  private final Bridge bridge;
  private final Deque<Event> ready = new ArrayDeque<>();
  private ModernTools.Facts facts = ModernTools.Facts.UNKNOWN;
  private MessageId id;
  private int rounds;
  private boolean refreshed;
  private boolean answered;

  private @Nullable InFlight sending;
  private @Nullable Events stream;
  private @Nullable QuestionRound round;
  private boolean cancelled;
  private boolean closed;

  BridgedCall(Message request, ClientProfile client, Bridge bridge) {
    this.request = request;
    this.client = client;
    this.bridge = bridge;
    this.id = request.id().orElseThrow();
  }

  /** What the calls of one client share. */
  interface Bridge {
    UpstreamReply send(UpstreamMessage message) throws UpstreamException, InterruptedException;

    ModernTools tools();

    /** An id for a request of the bridge's own to the server. */
    MessageId requestId();

    /** An id for a request to the client. */
    MessageId questionId();

    /** The call waits for the client's answers. */
    void waits(BridgedCall call, List<MessageId> questions);

    /** It does so no more. */
    void answered(BridgedCall call);

    /** There is nothing more to the call. */
    void over(BridgedCall call);
  }

  /** Sends the request: one message if there is nothing more to it, else the events of this. */
  UpstreamReply begin() throws UpstreamException, InterruptedException {
    if (request.method().equals("tools/call")) {
      facts = bridge.tools().of(request.text("name").orElse(""), this::page);
    }
    take(send(SplicedRequest.of(request, client, facts.headers())));
    Event only = ready.peek();
    if (answered && ready.size() == 1 && only != null) {
      close();
      return new OneMessage(only.data());
    }
    return this;
  }

  private Optional<JsonNode> page(String params) throws UpstreamException, InterruptedException {
    MessageId own = bridge.requestId();
    try {
      UpstreamReply reply = send(SplicedRequest.own(own, "tools/list", params, client));
      return WholeReply.of(reply, own) instanceof ModernResponse.Complete(Message list)
          ? list.result()
          : Optional.empty();
    } catch (UpstreamException e) {
      // Whatever became of that, the call itself was not delivered.
      throw new UpstreamException(e.reason(), false, e.status(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    while (true) {
      Event event = ready.poll();
      if (event != null) {
        return Optional.of(event);
      }
      if (answered || isClosed()) {
        return Optional.empty();
      }
      try {
        goOn();
      } catch (UpstreamException | InterruptedException e) {
        if (isClosed()) {
          return Optional.empty();
        }
        failIfCancelled();
        throw e;
      }
    }
  }

  private void goOn() throws UpstreamException, InterruptedException {
    Optional<Events> open = stream();
    Optional<QuestionRound> asked = round();
    if (open.isPresent()) {
      read(open.get());
    } else {
      QuestionRound waiting = asked.orElseThrow();
      waiting.await();
      release();
      answered(waiting);
    }
  }

  /** The client has answered what the server wanted to know. */
  private void answered(QuestionRound asked) throws UpstreamException, InterruptedException {
    Optional<Message> refusal = asked.refusal();
    if (refusal.isPresent()) {
      for (MessageId open : asked.open()) {
        ready.add(QuestionRound.event(withdrawal(open)));
      }
      finish(LegacyResponse.refusedByClient(refusal.get(), request.id().orElseThrow()));
      return;
    }
    id = bridge.requestId();
    take(send(SplicedRequest.again(request, id, client, facts.headers(), asked.members())));
  }

  private static String withdrawal(MessageId question) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
        + question.json()
        + ",\"reason\":\"another question of the same call was refused\"}}";
  }

  private void take(UpstreamReply reply) throws UpstreamException, InterruptedException {
    switch (reply) {
      case Accepted _ -> throw malformed("the server accepted a request without an answer");
      case Single single -> {
        OneMessage whole = OneMessage.read(single);
        settle(whole.bytes(), whole.status(), Optional.empty());
      }
      case Events events -> hold(events);
    }
  }

  /** Takes one event of the server's stream. */
  private void read(Events events) throws UpstreamException, InterruptedException {
    Optional<Event> next = events.next();
    failIfOver();
    Event event =
        next.orElseThrow(() ->
            new UpstreamException(
                Reason.BROKEN, true, 0, "the server's stream ended before its answer"));
    Optional<ServerMessage> message = ServerMessage.read(event.data());
    if (message.isEmpty() || message.get().kind() == Kind.NOTIFICATION) {
      ready.add(event);
    } else if (message.get().kind() == Kind.REQUEST) {
      LOG.warn("a server of {} sent a request; dropped", ClientProfile.SPOKEN);
    } else if (message.get().id().equals(Optional.of(id))) {
      release();
      settle(event.data(), 200, Optional.of(event));
    }
  }

  private void settle(byte[] bytes, int status, Optional<Event> event)
      throws UpstreamException, InterruptedException {
    switch (ModernResponse.read(bytes, status, id)) {
      case ModernResponse.Complete complete -> {
        learn(complete.message());
        finish(LegacyResponse.of(complete, request, facts.wrapped()), event);
      }
      case ModernResponse.Failure failure -> {
        if (!sentAgain(failure)) {
          finish(LegacyResponse.of(failure, request), event);
        }
      }
      case ModernResponse.InputRequired required -> ask(required);
    }
  }

  private void learn(Message list) {
    if (request.method().equals("tools/list")) {
      bridge.tools().learn(list);
    }
  }

  /** The server has refused the headers: perhaps the tool wants other ones by now. */
  private boolean sentAgain(ModernResponse.Failure failure)
      throws UpstreamException, InterruptedException {
    boolean tool = request.method().equals("tools/call");
    if (!tool || failure.code() != ErrorCode.HEADER_MISMATCH || refreshed || rounds > 0) {
      return false;
    }
    refreshed = true;
    bridge.tools().forget();
    ModernTools.Facts now = bridge.tools().of(request.text("name").orElse(""), this::page);
    if (now.equals(facts)) {
      return false;
    }
    facts = now;
    take(send(SplicedRequest.of(request, client, facts.headers())));
    return true;
  }

  private void ask(ModernResponse.InputRequired required)
      throws UpstreamException, InterruptedException {
    if (!MAY_ASK.contains(request.method())) {
      throw malformed("the server asks where it must not");
    }
    rounds++;
    if (rounds > MOST_ROUNDS) {
      throw malformed("the server asked more than " + MOST_ROUNDS + " times");
    }
    QuestionRound asked = new QuestionRound(required, bridge::questionId);
    hold(asked);
    bridge.waits(this, asked.open());
    ready.addAll(asked.questions());
  }

  /** The client's answer to a question of this call. */
  void answer(MessageId question, Message answer) {
    round().ifPresent(asked -> asked.answer(question, answer));
  }

  private void finish(byte[] response) {
    finish(response, Optional.empty());
  }

  private void finish(byte[] response, Optional<Event> event) {
    answered = true;
    byte[] raw =
        event
            .map(it -> SseText.withData(it.raw(), response))
            .orElseGet(() -> SseText.message(response));
    ready.add(new Event(raw, response));
  }

  private UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    InFlight now = new InFlight(Thread.currentThread());
    hold(now);
    UpstreamReply reply;
    try {
      reply = bridge.send(message);
    } finally {
      now.finish();
    }
    if (isOver()) {
      reply.close();
      throw over();
    }
    return reply;
  }

  private synchronized void hold(InFlight now) throws InterruptedException {
    failIfOver();
    sending = now;
  }

  private synchronized void hold(Events events) throws InterruptedException {
    stream = events;
    if (isOver()) {
      events.close();
      throw over();
    }
  }

  private synchronized void hold(QuestionRound asked) throws InterruptedException {
    failIfOver();
    round = asked;
  }

  private synchronized Optional<Events> stream() {
    return Optional.ofNullable(stream);
  }

  private synchronized Optional<QuestionRound> round() {
    return Optional.ofNullable(round);
  }

  /** What was waited for is there. */
  private synchronized void release() throws InterruptedException {
    failIfOver();
    if (stream != null) {
      stream.close();
    }
    stream = null;
    round = null;
    bridge.answered(this);
  }

  /** The client wants it no more: the server is told at once, and whoever waits ends. */
  void cancel() {
    end(true);
  }

  @Override
  public void close() {
    end(false);
    bridge.over(this);
  }

  private synchronized void end(boolean byClient) {
    cancelled |= byClient;
    closed |= !byClient;
    if (sending != null) {
      sending.cancel();
    }
    if (stream != null) {
      stream.close();
    }
    if (round != null) {
      round.abandon();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean isOver() {
    return closed || cancelled;
  }

  private synchronized void failIfCancelled() throws InterruptedException {
    if (cancelled) {
      throw over();
    }
  }

  private void failIfOver() throws InterruptedException {
    if (isOver()) {
      throw over();
    }
  }

  private static InterruptedException over() {
    return new InterruptedException("the call is over");
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(Reason.MALFORMED, true, 0, what);
  }
}
