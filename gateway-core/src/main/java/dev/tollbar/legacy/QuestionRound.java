package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Parts;
import dev.tollbar.protocol.SseText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a server wants to know before it goes on with a call: asked of the client as requests of the
 * server. The call waits until all is answered, or the first is refused.
 */
final class QuestionRound {
  /** A server that asks nothing, and only wants to be called again, gets some time (in ms). */
  private static final long PAUSE = 250;

  private final ModernResponse.InputRequired required;
  private final SequencedMap<MessageId, String> open = new LinkedHashMap<>();
  private final SequencedMap<String, String> results = new LinkedHashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Event> questions = new ArrayList<>();
  private Optional<Message> refusal = Optional.empty();

  /**
   * A round.
   *
   * @param ids that no other request of the server to this client has
   */
  QuestionRound(ModernResponse.InputRequired required, Supplier<MessageId> ids) {
    this.required = required;
    required
        .questions()
        .forEach((key, question) -> {
          MessageId id = ids.get();
          open.put(id, key);
          questions.add(event(request(id, question)));
        });
  }

  /** The server's requests as the client gets them. */
  List<Event> questions() {
    return questions;
  }

  /** The ids of what is not answered yet. */
  synchronized List<MessageId> open() {
    return List.copyOf(open.sequencedKeySet());
  }

  /** The client's answer to one of them. */
  synchronized void answer(MessageId id, Message answer) {
    String key = open.remove(id);
    if (key == null) {
      return;
    }
    if (answer.isErrorResponse()) {
      if (refusal.isEmpty()) {
        refusal = Optional.of(answer);
      }
    } else {
      byte[] result = Parts.bytes(answer.bytes(), answer.range("result").orElseThrow());
      results.put(key, new String(result, StandardCharsets.UTF_8));
    }
    if (open.isEmpty() || refusal.isPresent()) {
      over.countDown();
    }
  }

  /** Blocks until the call can go on, or will not. There is no timeout while a person thinks. */
  void await() throws InterruptedException {
    if (questions.isEmpty()) {
      over.await(PAUSE, TimeUnit.MILLISECONDS);
    } else {
      over.await();
    }
  }

  /** Nobody waits any more. */
  void abandon() {
    over.countDown();
  }

  /** How the client refused. */
  synchronized Optional<Message> refusal() {
    return refusal;
  }

  /** What the call is repeated with. */
  synchronized SequencedMap<String, String> members() {
    SequencedMap<String, String> members = new LinkedHashMap<>();
    if (!questions.isEmpty()) {
      SequencedMap<String, String> ordered = new LinkedHashMap<>();
      required.questions().sequencedKeySet().forEach(key -> ordered.put(key, results.get(key)));
      members.put("inputResponses", SplicedRequest.object(ordered));
    }
    required.state().ifPresent(state -> members.put("requestState", state));
    return members;
  }

  private static String request(MessageId id, ModernResponse.Question question) {
    String head =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id.json()
            + ",\"method\":"
            + JsonText.quote(question.method());
    if (question.params().isEmpty()) {
      return head + "}";
    }
    String params = question.params().get();
    if (question.byUrl()) {
      // Only up to 2025-11-25 are such elicitations told apart by an id of their own.
      int brace = params.indexOf('{') + 1;
      String own = "\"elicitationId\":" + JsonText.quote("tollbar-" + id.json());
      params = "{" + own + "," + params.substring(brace);
    }
    return head + ",\"params\":" + params + "}";
  }

  /** A message of the bridge's own on the client's stream. */
  static Event event(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new Event(SseText.message(bytes), bytes);
  }
}
