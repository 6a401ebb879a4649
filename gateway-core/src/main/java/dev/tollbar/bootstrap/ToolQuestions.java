package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.upstream.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks live servers for their tools, for operators who look before any client has listed them. Safe
 * for use by many threads.
 */
final class ToolQuestions {
  private static final Logger LOG = LoggerFactory.getLogger(ToolQuestions.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

  private final Map<String, Long> asked = new ConcurrentHashMap<>();

  /** Learns its tools, if none is known and it was not asked lately. */
  void learn(Server server) {
    if (!server.catalog().seen().isEmpty() || !isDue(server.digest())) {
      return;
    }
    FutureTask<List<JsonNode>> answer = new FutureTask<>(() -> ask(server));
    Thread thread = Thread.ofVirtual().name("tools-of-" + server.name()).start(answer);
    try {
      answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).forEach(server.catalog()::learn);
    } catch (ExecutionException | TimeoutException e) {
      answer.cancel(true);
      LOG.warn("{}: it does not tell its tools: {}", server.name(), reason(e));
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private boolean isDue(String server) {
    long now = System.nanoTime();
    Long last = asked.get(server);
    if (last != null && now - last < AT_MOST_EVERY.toNanos()) {
      return false;
    }
    return last == null ? asked.putIfAbsent(server, now) == null : asked.replace(server, last, now);
  }

  private static List<JsonNode> ask(Server server) throws UpstreamException, InterruptedException {
    try (UpstreamSession session = server.lines().forSession()) {
      return new ServerInquiry(session).entries();
    }
  }

  private static String reason(Exception e) {
    return e.getCause() instanceof UpstreamException cause
        ? String.valueOf(cause.getMessage())
        : "no answer within " + PATIENCE.toSeconds() + " s";
  }
}
