package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Clients that do the same at the same time, with the same JSON-RPC ids and progress tokens, at the
 * suites' fixture: each must get its own. What they say is the same in either era.
 *
 * @param url the endpoint that all of them use
 * @param members makes the client of one of them
 */
record Crowd(String url, Members members) {
  static final int SIZE = 50;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @FunctionalInterface
  interface Members {
    Member begin(WireClient wire) throws Exception;
  }

  /** One client. All use the ids 1 and 2, for one call after the other. */
  interface Member {
    /** Begins a call under id 1 that has a progress token. */
    WireReply call(String tool, Map<String, String> arguments) throws Exception;

    /**
     * What the server asks in a call that was begun, as a request of either era: {@code method} and
     * {@code params}.
     */
    JsonNode question(WireReply call) throws Exception;

    /** Answers the question, and gives the response to the call. */
    JsonNode answer(WireReply call, String result) throws Exception;

    /** Cancels a call that was begun under id 1, as the revision has it. */
    void cancel(WireReply call) throws Exception;
  }

  /** What one of them does in the time of all. */
  @FunctionalInterface
  private interface Part {
    void play(int number, Member member, CyclicBarrier together) throws Exception;
  }

  private void play(Part part) throws Exception {
    CyclicBarrier together = new CyclicBarrier(SIZE);
    List<Callable<Void>> parts = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      int number = i;
      parts.add(() -> {
        try (WireClient wire = new WireClient(url, PATIENCE)) {
          Member member = members.begin(wire);
          await(together);
          part.play(number, member, together);
        }
        return null;
      });
    }
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Throwable> failures = new ArrayList<>();
      for (Future<Void> done : each.invokeAll(parts)) {
        if (done.state() == Future.State.FAILED) {
          failures.add(done.exceptionNow());
        }
      }
      // Whoever fails lets the others wait in vain: the first that says something else is the
      // cause.
      for (Throwable failure : failures) {
        if (!(failure instanceof java.util.concurrent.BrokenBarrierException)
            && !(failure instanceof java.util.concurrent.TimeoutException)) {
          throw new AssertionError(failures.size() + " of " + SIZE + " failed", failure);
        }
      }
      assertThat(failures).isEmpty();
    }
  }

  private static void await(CyclicBarrier together) throws Exception {
    together.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Each hears of the progress of its own call, once, and gets the response to it. */
  void hearsOfItsOwnProgress() throws Exception {
    play((number, member, together) -> {
      WireReply call = member.call("test_tool_with_progress", Map.of());
      List<String> seen = new ArrayList<>();
      JsonNode message = call.message();
      while (message.has("method")) {
        seen.add(message.at("/params/progressToken") + " " + message.at("/params/progress"));
        message = call.message();
      }
      assertThat(seen).containsExactly("\"wire\" 0", "\"wire\" 50", "\"wire\" 100");
      assertThat(message.path("id").toString()).isEqualTo("1");
      assertThat(text(message)).isEqualTo("Tool with progress executed");
      assertThat(call.next()).isEmpty();
    });
  }

  /** Each is asked what its own call asks, while all are, and its answer goes to its own call. */
  void answersWhatItIsAsked() throws Exception {
    play((number, member, together) -> {
      String who = "client " + number;
      WireReply call = member.call("test_elicitation", Map.of("message", "Who is " + who + "?"));
      JsonNode question = member.question(call);
      assertThat(question.path("method").asText()).isEqualTo("elicitation/create");
      assertThat(question.at("/params/message").asText()).isEqualTo("Who is " + who + "?");
      await(together);
      String content = "{\"username\":\"" + who + "\",\"email\":\"a@example.org\"}";
      JsonNode response =
          member.answer(call, "{\"action\":\"accept\",\"content\":" + content + "}");
      assertThat(text(response)).isEqualTo("User response: action=accept, content=" + content);
    });
  }

  /** The same of what a model is asked. */
  void samplesWhatItIsAsked() throws Exception {
    play((number, member, together) -> {
      String prompt = "prompt " + number;
      WireReply call = member.call("test_sampling", Map.of("prompt", prompt));
      JsonNode question = member.question(call);
      assertThat(question.path("method").asText()).isEqualTo("sampling/createMessage");
      assertThat(question.at("/params/messages/0/content/text").asText()).isEqualTo(prompt);
      await(together);
      JsonNode response =
          member.answer(
              call,
              """
              {"role":"assistant","model":"m","content":{"type":"text","text":"reply %d"}}\
              """
                  .formatted(number));
      assertThat(text(response)).isEqualTo("LLM response: reply " + number);
    });
  }

  /** Who cancels ends its own call, and nobody else's. */
  void cancelsItsOwnCall() throws Exception {
    int before = cancellations();
    play((number, member, together) -> {
      WireReply call = member.call("test_cancellation", Map.of());
      assertThat(call.message().path("method").asText()).isEqualTo("notifications/progress");
      await(together);
      boolean first = number % 2 == 0;
      if (first) {
        member.cancel(call);
      }
      assertThat(cancellations(before + SIZE / 2)).isEqualTo(before + SIZE / 2);
      assertThat(first || call.isWaiting())
          .as("whether the call of " + number + " goes on")
          .isTrue();
      await(together);
      if (!first) {
        member.cancel(call);
      }
      assertThat(cancellations(before + SIZE)).isEqualTo(before + SIZE);
    });
  }

  private int cancellations() throws Exception {
    try (WireClient wire = new WireClient(url, PATIENCE)) {
      return Integer.parseInt(
          text(members.begin(wire).call("test_cancellations", Map.of()).response()));
    }
  }

  /** How many there are once there are so many. */
  private int cancellations(int expected) throws Exception {
    return Eventually.get(this::cancellations, now -> now >= expected);
  }

  private static String text(JsonNode response) {
    return response.at("/result/content/0/text").asText(response.toString());
  }
}
