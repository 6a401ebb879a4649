package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.protocol.JsonText;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which resources a session is subscribed to, and how many of its listeners want each. */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  private final LegacyLine line;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> wanted = new HashMap<>();

  Subscriptions(LegacyLine line) {
    this.line = line;
  }

  /** One listener more. False if the server does not want that. */
  boolean add(String uri) throws UpstreamException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!wanted.containsKey(uri) && !ask("resources/subscribe", uri)) {
        return false;
      }
      wanted.merge(uri, 1, Integer::sum);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** One listener less. */
  void remove(String uri) {
    try {
      lock.lockInterruptibly();
      try {
        int left = wanted.merge(uri, -1, Integer::sum);
        if (left <= 0) {
          wanted.remove(uri);
          ask("resources/unsubscribe", uri);
        }
      } finally {
        lock.unlock();
      }
    } catch (UpstreamException e) {
      LOG.debug("a subscription was not ended: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean ask(String method, String uri) throws UpstreamException, InterruptedException {
    return !line.request(method, "{\"uri\":" + JsonText.quote(uri) + "}").isErrorResponse();
  }
}
