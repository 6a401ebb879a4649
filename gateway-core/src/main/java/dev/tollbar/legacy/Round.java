package dev.tollbar.legacy;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.legacy.KeptCalls.Rest;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Splice;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What a legacy server does about a call, as a modern client hears it: up to the answer, or up to
 * the next question, which ends the round and keeps the call. One thread reads, any may close.
 */
final class Round {
  /** So long after a question others may follow that the client is asked together with it. */
  private static final Duration TOGETHER = Duration.ofMillis(20);

  private final LegacyCall call;
  private final CarriedRequest request;
  private final KeptCalls kept;
  private final Deque<Output> ready = new ArrayDeque<>();
  private Optional<UpstreamException> failure = Optional.empty();
  private volatile boolean done;

  Round(LegacyCall call, CarriedRequest request, KeptCalls kept) {
    this.call = call;
    this.request = request;
    this.kept = kept;
  }

  /** Blocks for the first message. An interrupt cancels the call. */
  UpstreamReply reply() throws UpstreamException, InterruptedException {
    boolean begun = false;
    try {
      Output first = next();
      begun = true;
      return first.last() ? first.single() : new Messages(first);
    } finally {
      if (!begun) {
        close();
      }
    }
  }

  private final class Messages implements UpstreamReply.Events {
    private Optional<Output> first;
    private boolean answered;

    Messages(Output first) {
      this.first = Optional.of(first);
    }

    @Override
    public Optional<Event> next() throws UpstreamException, InterruptedException {
      if (answered) {
        return Optional.empty();
      }
      Output next = first.isPresent() ? first.get() : Round.this.next();
      first = Optional.empty();
      answered = next.last();
      return Optional.of(next.event());
    }

    @Override
    public void close() {
      Round.this.close();
    }
  }

  private void close() {
    if (!done) {
      done = true;
      call.cancel();
    }
  }

  private Output next() throws UpstreamException, InterruptedException {
    while (ready.isEmpty()) {
      if (failure.isPresent()) {
        throw failure.get();
      }
      take(call.queue().take());
    }
    Output next = ready.remove();
    done |= next.last();
    return next;
  }

  private void take(CallEvent event) throws InterruptedException {
    switch (event) {
      case CallEvent.Said said -> said(said.notification());
      case CallEvent.Answered answered -> answered(answered.response());
      case CallEvent.Failed failed -> failure = Optional.of(failed.why());
      case CallEvent.Asked asked -> asked(asked.question());
    }
  }

  private void said(Message notification) {
    if (notification.method().equals("notifications/progress")) {
      Optional<MessageId> token = request.message().progressToken();
      token
          .flatMap(it ->
              notification
                  .range("params.progressToken")
                  .map(range -> new Splice(notification.bytes()).put(range, it.json()).bytes()))
          .map(Output::note)
          .ifPresent(ready::add);
      return;
    }
    Optional<LogLevel> level = notification.text("level").flatMap(LogLevel::of);
    if (level.isPresent()
        && request.level().filter(least -> level.get().compareTo(least) >= 0).isPresent()) {
      ready.add(Output.note(notification.bytes()));
    }
  }

  private void answered(Message response) {
    try {
      boolean urls = ModernResult.code(response) == ErrorCode.URL_ELICITATION_REQUIRED;
      ready.add(urls ? UrlVisits.ask(response, request, call, kept) : modern(response));
    } catch (UpstreamException e) {
      failure = Optional.of(e);
    }
  }

  private Output modern(Message response) throws UpstreamException {
    return ModernResult.of(response, request.id(), request.method(), call.line().server().info());
  }

  /** Collects what is asked at the same time, and ends the round with it. */
  private void asked(Question first) throws InterruptedException {
    List<Question> questions = new ArrayList<>(List.of(first));
    long end = System.nanoTime() + TOGETHER.toNanos();
    Optional<CallEvent> next = call.queue().poll(TOGETHER.toNanos());
    while (next.isPresent()) {
      switch (next.get()) {
        case CallEvent.Asked asked -> questions.add(asked.question());
        case CallEvent.Said said -> said(said.notification());
        case CallEvent.Answered _, CallEvent.Failed _ -> {
          take(next.get()); // the server did not wait
          return;
        }
      }
      next = call.queue().poll(Math.max(0, end - System.nanoTime()));
    }
    Map<String, Question> asked = new LinkedHashMap<>();
    for (Question question : questions) {
      if (call.awaits(question)) {
        asked.put("input_" + (asked.size() + 1), question);
      }
    }
    if (!asked.isEmpty()) {
      ready.add(ask(new Rest.Open(call, asked), request, kept));
    }
  }

  /** Ends a round: the client is asked, and the rest kept until it answers. */
  static Output ask(Rest rest, CarriedRequest request, KeptCalls kept) {
    Optional<String> state = kept.keep(request.binding(), rest);
    if (state.isEmpty()) {
      if (rest instanceof Rest.Open open) {
        open.call().cancel();
      }
      return Output.error(
          request.id(),
          ErrorCode.INTERNAL_ERROR,
          "The server asks something of the client, but too many requests wait for their clients"
              + " already.");
    }
    StringJoiner members = new StringJoiner(",", "{", "}");
    ServerSelf server =
        switch (rest) {
          case Rest.Open open -> {
            open.asked()
                .forEach((key, it) -> members.add(JsonText.quote(key) + ":" + it.inputRequest()));
            yield open.call().line().server();
          }
          case Rest.Refused refused -> {
            refused.asked().forEach((key, it) -> members.add(JsonText.quote(key) + ":" + it));
            yield refused.server();
          }
        };
    return Output.result(
        request.id(),
        "{\"resultType\":\"input_required\",\"inputRequests\":%s,\"requestState\":%s%s}"
            .formatted(members, JsonText.quote(state.get()), server.metaMember()));
  }
}
