package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The lines of a running gateway's log. */
record RemoteRecords(RemoteGateway gateway) {

  /**
   * Decisions, newest first, for as long as the taker wants more.
   *
   * @param filters parameters of the admin API
   */
  void decisions(Map<String, String> filters, Predicate<DecisionReader.Entry> taker)
      throws CommandException, InterruptedException {
    gateway.each("/records", filters, item -> taker.test(entry(item)));
  }

  /** As {@link #decisions}, all of them, oldest first. */
  void decisionsInOrder(Map<String, String> filters, Consumer<DecisionReader.Entry> taker)
      throws CommandException, InterruptedException {
    new OldestFirst(gateway).each("/records", filters, item -> taker.accept(entry(item)));
  }

  /** What operators did, newest first, for as long as the taker wants more. */
  void actions(Predicate<DecisionReader.Entry> taker)
      throws CommandException, InterruptedException {
    gateway.each("/audit", Map.of(), item -> taker.test(entry(item)));
  }

  /** As {@link #actions}, all of them, oldest first. */
  void actionsInOrder(Consumer<DecisionReader.Entry> taker)
      throws CommandException, InterruptedException {
    new OldestFirst(gateway).each("/audit", Map.of(), item -> taker.accept(entry(item)));
  }

  /** A line, as the admin API has it. */
  static DecisionReader.Entry entry(JsonNode item) {
    return new DecisionReader.Entry(
        Path.of(""), 0, Instant.parse(item.path("time").asText()), (ObjectNode) item);
  }
}
