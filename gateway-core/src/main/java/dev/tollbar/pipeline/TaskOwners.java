package dev.tollbar.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who began which task: nobody else hears of it. A task that is not known here, for example from
 * before a restart, is nobody's. Safe for use by many threads.
 */
final class TaskOwners {
  private static final int MOST = 100_000;
  private static final Duration KEPT = Duration.ofDays(2);

  private record Key(String server, String task) {}

  /**
   * Who began a task, and how.
   *
   * @param tool whose call became the task
   */
  record Owner(String grant, String tool, Instant until) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Key, Owner> owners = new LinkedHashMap<>();

  /** A call of the grant has become a task. The first to have it keeps it. */
  void begun(String server, String task, String grant, String tool, Instant now) {
    lock.lock();
    try {
      forget(now);
      owners.putIfAbsent(new Key(server, task), new Owner(grant, tool, now.plus(KEPT)));
    } finally {
      lock.unlock();
    }
  }

  /** The owner of a task, if it is this grant. */
  Optional<Owner> find(String server, String task, String grant) {
    lock.lock();
    try {
      return Optional.ofNullable(owners.get(new Key(server, task)))
          .filter(owner -> owner.grant().equals(grant));
    } finally {
      lock.unlock();
    }
  }

  private void forget(Instant now) {
    var oldest = owners.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Key, Owner> next = oldest.next();
      if (owners.size() < MOST && next.getValue().until().isAfter(now)) {
        return;
      }
      oldest.remove();
    }
  }
}
