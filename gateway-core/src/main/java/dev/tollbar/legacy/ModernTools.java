package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.protocol.HeaderParam;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has to be known of a modern server's tools to call one: learned from the lists that pass
 * through, and asked for where that is not enough. Safe for use by many threads.
 */
final class ModernTools {
  private static final int MOST_TOOLS = 20_000;
  private static final int MOST_PAGES = 100;

  /**
   * A tool.
   *
   * @param headers which of its arguments are mirrored in headers
   * @param wrapped whether clients get its output inside of an object
   */
  record Facts(List<HeaderParam> headers, boolean wrapped) {
    static final Facts UNKNOWN = new Facts(List.of(), false);
  }

  /** Asks the server for a page of its tools. */
  @FunctionalInterface
  interface Asking {
    /** The result, or nothing if the server refuses. */
    Optional<JsonNode> ask(String params) throws UpstreamException, InterruptedException;
  }

  private final Map<String, Facts> known = new ConcurrentHashMap<>();
  private final ReentrantLock asking = new ReentrantLock();
  private volatile boolean complete;

  /** What is known of a tool, asking the server if it was never heard of. */
  Facts of(String tool, Asking server) throws UpstreamException, InterruptedException {
    Facts facts = known.get(tool);
    if (facts != null || complete) {
      return facts == null ? Facts.UNKNOWN : facts;
    }
    asking.lockInterruptibly();
    try {
      if (!complete && !known.containsKey(tool)) {
        complete = true;
        askForAll(server);
      }
      return known.getOrDefault(tool, Facts.UNKNOWN);
    } catch (UpstreamException | InterruptedException | RuntimeException e) {
      complete = false;
      throw e;
    } finally {
      asking.unlock();
    }
  }

  private void askForAll(Asking server) throws UpstreamException, InterruptedException {
    Set<String> cursors = new HashSet<>();
    Optional<String> cursor = Optional.empty();
    for (int page = 0; page < MOST_PAGES; page++) {
      String params = cursor.map(at -> "{\"cursor\":" + JsonText.quote(at) + "}").orElse("{}");
      Optional<JsonNode> result = server.ask(params);
      result.ifPresent(this::learn);
      cursor = result.map(it -> it.path("nextCursor").textValue());
      if (cursor.isEmpty() || !cursors.add(cursor.get())) {
        return;
      }
    }
  }

  /** Learns from a list that passes through. */
  void learn(Message list) {
    list.result().ifPresent(this::learn);
  }

  private void learn(JsonNode result) {
    for (JsonNode tool : result.path("tools")) {
      String name = tool.path("name").asText("");
      if (known.size() < MOST_TOOLS || known.containsKey(name)) {
        known.put(
            name,
            new Facts(HeaderParam.of(tool.path("inputSchema")), LegacyResponse.isWrapped(tool)));
      }
    }
  }

  /** The tools have changed. */
  void forget() {
    known.clear();
    complete = false;
  }
}
