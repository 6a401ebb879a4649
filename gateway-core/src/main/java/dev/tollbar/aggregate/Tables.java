package dev.tollbar.aggregate;

import dev.tollbar.protocol.Listing;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of whose things are whose: of one session, or of one grant where there are no
 * sessions. It can all be learned anew. Safe for use by many threads.
 *
 * @param tasks of servers, which the client asks after
 */
record Tables(Names names, Uris uris, Owners tasks, Map<Listing, Long> learnedNanos) {
  private static final Duration AGAIN = Duration.ofSeconds(10);

  Tables() {
    this(new Names(), new Uris(), new Owners(), new ConcurrentHashMap<>());
  }

  /** Whether it is worth while to read a list: nobody has done so just now. */
  boolean mayLearn(Listing listing) {
    long now = System.nanoTime();
    Long before = learnedNanos.get(listing);
    boolean due = before == null || now - before > AGAIN.toNanos();
    if (due) {
      learnedNanos.put(listing, now);
    }
    return due;
  }

  /** There is a server whose lists are not known. */
  void unlearned() {
    learnedNanos.clear();
  }
}
