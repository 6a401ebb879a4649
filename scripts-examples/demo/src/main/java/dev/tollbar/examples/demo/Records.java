package dev.tollbar.examples.demo;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The decision records that the gateway writes. */
final class Records {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path file;
  private final McpJsonMapper json;

  Records(Path data, McpJsonMapper json) {
    this.file = data.resolve("decisions.jsonl");
    this.json = json;
  }

  Path file() {
    return file;
  }

  /** How many records of tool calls there are now. */
  int count() throws IOException {
    return ofCalls().size();
  }

  /**
   * The record of the n-th tool call, from 1, which is written shortly after the call is answered.
   */
  String of(int call) throws IOException, InterruptedException, TourException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      List<String> calls = ofCalls();
      if (calls.size() >= call) {
        return calls.get(call - 1);
      }
      Thread.sleep(PAUSE);
    }
    throw new TourException(file + " has no record of call " + call + ".");
  }

  /** The last rule that a call met on its way. */
  Optional<String> lastRule(String line) throws IOException {
    Map<String, Object> decided = json.readValue(line, new TypeRef<>() {});
    return decided.get("trace") instanceof List<?> trace
            && !trace.isEmpty()
            && trace.getLast() instanceof Map<?, ?> rule
        ? Optional.of(String.valueOf(rule.get("rule")))
        : Optional.empty();
  }

  private List<String> ofCalls() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.contains("\"method\":\"tools/call\""))
        .toList();
  }
}
