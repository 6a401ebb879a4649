package dev.tollbar.examples.demo;

import dev.tollbar.examples.demo.Outcome.Kind;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The calls of the tour, through a gateway that has just started. Once, for one thread. */
final class Tour {
  private static final int LIMIT = 60;
  private static final int MOST_TEXT = 60;
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** As long as the policy keeps a call open for a person. */
  private static final int MOST_LOOKS = 30;

  private final Screen screen;
  private final McpSyncClient client;
  private final Operator operator;
  private final Records records;
  private final InstantSource clock;
  private int calls;
  private int limited;
  private boolean asExpected = true;

  Tour(
      Screen screen,
      McpSyncClient client,
      Operator operator,
      Records records,
      InstantSource clock) {
    this.screen = screen;
    this.client = client;
    this.operator = operator;
    this.records = records;
    this.clock = clock;
  }

  /**
   * Makes the calls and prints a line for each.
   *
   * @param offered the tools that the server itself has
   * @return whether all of it came out as expected
   */
  boolean run(List<String> offered) throws IOException, InterruptedException, TourException {
    calls = records.count();
    tools(offered);
    screen.say("");
    screen.heads();
    call(Kind.ALLOWED, "analyze_photo", "analyze_photo", Map.of("photo", "ann.png"));
    closeSessions();
    call(
        Kind.DENIED,
        "execute_cubism_dispatch",
        "execute_cubism_dispatch",
        Map.of("session_id", "session-0001"));
    call(Kind.DENIED, "create_mesh", "create_mesh", Map.of("session_id", "session-0001"));
    call(
        Kind.DENIED,
        "resume_cubism_dispatch",
        "resume_cubism_dispatch",
        Map.of("session_id", "session-0001", "dispatch_id", "dispatch-0001"));
    call(Kind.REFUSED, "full_pipeline to /etc", "full_pipeline", photo("/etc"));
    CallToolResult made =
        call(Kind.ALLOWED, "full_pipeline to exports/", "full_pipeline", photo("exports/ann"));
    approval(Map.of("session_id", session(made), "destination", "exports/ann"));
    screen.say("");
    record();
    return asExpected;
  }

  private static Map<String, Object> photo(String destination) {
    return Map.of("photo", "ann.png", "destination", destination);
  }

  private static String session(CallToolResult made) {
    return made.structuredContent() instanceof Map<?, ?> answer
        ? String.valueOf(answer.get("session_id"))
        : "session-0002";
  }

  private void tools(List<String> offered) {
    List<String> listed = client.listTools().tools().stream().map(Tool::name).toList();
    List<String> hidden = offered.stream().filter(tool -> !listed.contains(tool)).toList();
    screen.say(
        "tools/list: %d of the server's %d tools; hidden: %s"
            .formatted(listed.size(), offered.size(), String.join(", ", hidden)));
    asExpected &= !hidden.isEmpty();
  }

  /** One more than a minute's limit, in one minute. */
  private void closeSessions() throws IOException, InterruptedException, TourException {
    Duration wait = MinuteWindow.wait(clock.instant());
    if (wait.isPositive()) {
      screen.say(
          "(the next limit counts UTC minutes: waiting %d s for a fresh one)"
              .formatted(wait.toSeconds() + 1));
      Thread.sleep(wait);
    }
    Map<String, Object> arguments = Map.of("session_id", "session-0001");
    for (int i = 1; i < LIMIT; i++) {
      Outcome outcome = Outcome.of(make("close_session", arguments));
      if (outcome.kind() != Kind.ALLOWED) {
        show(Kind.ALLOWED, "close_session (%d)".formatted(i), outcome);
      }
    }
    call(Kind.ALLOWED, "close_session (1 to 60)", "close_session", arguments);
    call(Kind.LIMITED, "close_session (61)", "close_session", arguments);
    limited = calls;
  }

  private void approval(Map<String, Object> arguments)
      throws IOException, InterruptedException, TourException {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<CallToolResult> call = thread.submit(() -> make("export_model", arguments));
      String id = asked(call);
      screen.call(Kind.HELD, "export_model", operator.rule(id), "(nothing yet: the call waits)");
      screen.say("          $ " + operator.approve(id));
      Outcome outcome = Outcome.of(call.get());
      if (outcome.kind() == Kind.HELD) {
        // The person took longer than the call is kept open; the same call finds the approval.
        outcome = Outcome.of(make("export_model", arguments));
      }
      Kind kind = outcome.kind() == Kind.ALLOWED ? Kind.APPROVED : outcome.kind();
      show(Kind.APPROVED, "export_model", new Outcome(kind, outcome.rule(), outcome.text()));
    } catch (ExecutionException e) {
      throw new TourException("export_model: " + e.getCause());
    }
  }

  private String asked(Future<CallToolResult> call)
      throws IOException, InterruptedException, TourException {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Optional<String> id = operator.waiting();
      if (id.isPresent()) {
        return id.get();
      }
      if (call.isDone()) {
        break;
      }
      Thread.sleep(PAUSE);
    }
    throw new TourException("export_model: expected to wait for a person; nobody was asked.");
  }

  private void record() throws IOException, InterruptedException, TourException {
    screen.say("Each call has left a decision record in " + records.file());
    screen.say("The one of the 61st close_session:");
    screen.say(records.of(limited));
  }

  private CallToolResult call(
      Kind expected, String label, String tool, Map<String, Object> arguments)
      throws IOException, InterruptedException, TourException {
    CallToolResult result = make(tool, arguments);
    show(expected, label, Outcome.of(result));
    return result;
  }

  private CallToolResult make(String tool, Map<String, Object> arguments) {
    calls++;
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  /** The agent is told which rule denied it; which ones let a call pass is in its record. */
  private void show(Kind expected, String label, Outcome outcome)
      throws IOException, InterruptedException, TourException {
    boolean denied = outcome.rule().isPresent();
    String rule =
        denied ? outcome.rule().get() : records.lastRule(records.of(calls)).orElse("(listed)");
    screen.call(outcome.kind(), label, rule, denied ? outcome.text() : cut(outcome.text()));
    if (outcome.kind() != expected) {
      asExpected = false;
      screen.say("          unexpected: the tour wants " + expected + " here");
    }
  }

  private static String cut(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT - 3) + "...";
  }
}
