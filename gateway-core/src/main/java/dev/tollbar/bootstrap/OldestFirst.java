package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The lines of a running gateway's log, oldest first, while it tells the newest first. A few pages
 * are held in memory; those before them are asked for twice, which is possible as lines of a log
 * stay what they are.
 */
record OldestFirst(RemoteGateway gateway) {
  /** How many pages are held. */
  static final int MOST_HELD = 4;

  /** Those that were there when it began. */
  void each(String path, Map<String, String> query, Consumer<JsonNode> taker)
      throws CommandException, InterruptedException {
    Deque<List<JsonNode>> held = new ArrayDeque<>();
    Deque<Optional<String>> again = new ArrayDeque<>();
    Optional<String> cursor = Optional.empty();
    do {
      JsonNode page = gateway.page(path, query, cursor);
      List<JsonNode> items = items(page);
      if (!items.isEmpty() && held.size() < MOST_HELD) {
        held.addFirst(items);
      } else if (!items.isEmpty()) {
        again.addFirst(cursor);
      }
      cursor = RemoteGateway.next(page);
    } while (cursor.isPresent());
    for (Optional<String> place : again) {
      items(gateway.page(path, query, place)).forEach(taker);
    }
    held.forEach(items -> items.forEach(taker));
  }

  private static List<JsonNode> items(JsonNode page) {
    List<JsonNode> items = new ArrayList<>();
    page.path("items").forEach(items::add);
    return items.reversed();
  }
}
