package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls that were permitted and counted, and whose servers have asked for more: the client repeats
 * the call with its answers, and that is no new call. Each round that a server asked for is good
 * for one repetition of exactly this call; all others count anew. Kept in memory only: after a
 * restart a repetition counts. Safe for use by many threads.
 */
final class OpenRounds {
  private static final int MOST = 100_000;
  private static final Duration KEPT = Duration.ofHours(1);

  /** The policy is the very one that decided: under another revision a repetition is a new call. */
  private record Key(
      Policy policy, String grant, String server, String method, String name, String arguments) {
    static Key of(Policy policy, Call call) {
      return new Key(
          policy, call.grant(), call.server(), call.method(), call.tool().name(), digest(call));
    }

    /** Arguments may be large, and there may be many calls. */
    private static String digest(Call call) {
      try {
        byte[] text = call.arguments().toString().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
  }

  private record Open(int rounds, Instant until) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Key, Open> open = new LinkedHashMap<>();

  /** The server has asked for another round of the call. */
  void open(Policy policy, Call call) {
    lock.lock();
    try {
      Key key = Key.of(policy, call);
      Open before = open.remove(key);
      int waiting = before != null && before.until().isAfter(call.time()) ? before.rounds() : 0;
      open.put(key, new Open(waiting + 1, call.time().plus(KEPT)));
      forget(call.time());
    } finally {
      lock.unlock();
    }
  }

  /** Whether the call repeats one that is waiting for it; it waits no more then. */
  boolean take(Policy policy, Call call) {
    lock.lock();
    try {
      Key key = Key.of(policy, call);
      Open found = open.remove(key);
      if (found == null || !found.until().isAfter(call.time())) {
        return false;
      }
      if (found.rounds() > 1) {
        open.put(key, new Open(found.rounds() - 1, found.until()));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest come first: all are kept for the same time. */
  private void forget(Instant now) {
    var oldest = open.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Key, Open> next = oldest.next();
      if (open.size() <= MOST && next.getValue().until().isAfter(now)) {
        return;
      }
      oldest.remove();
    }
  }
}
