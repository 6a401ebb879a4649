package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way of a server's request to a client that does not listen: servers ask on the GET stream
 * what belongs to a call (TypeScript SDK 2.4), and the call then waits for an answer. After a while
 * such a request goes on the stream of a reply that is under way, if there is one.
 */
final class Detour {

  private final Unheard unheard;
  private final Duration grace;
  private final Set<Session.Askable> replies = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean waiting = new AtomicBoolean();

  /**
   * Begins without replies.
   *
   * @param grace how long a client has to listen
   */
  Detour(Unheard unheard, Duration grace) {
    this.unheard = unheard;
    this.grace = grace;
  }

  void add(Session.Askable reply) {
    replies.add(reply);
    look();
  }

  void remove(Session.Askable reply) {
    replies.remove(reply);
  }

  /** Called when there may be a request that nobody hears. */
  void look() {
    if (!replies.isEmpty() && unheard.hasRequest() && waiting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("detour").start(this::go);
    }
  }

  private void go() {
    try {
      Thread.sleep(grace);
      waiting.set(false);
      Iterator<Session.Askable> open = replies.iterator();
      while (open.hasNext()) {
        Session.Askable reply = open.next();
        Optional<Event> request = unheard.takeRequest();
        while (request.isPresent() && reply.take(request.get())) {
          request = unheard.takeRequest();
        }
        request.ifPresent(unheard::giveBack);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
