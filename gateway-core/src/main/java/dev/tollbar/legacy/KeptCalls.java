package dev.tollbar.legacy;

import dev.tollbar.protocol.Message;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Calls whose clients have been asked something. Each lies under a text that cannot be guessed, is
 * good for one retry, and only for a retry of the very same call. Safe for use by many threads.
 */
final class KeptCalls implements AutoCloseable {
  static final int MOST = 100;
  static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int STATE_BYTES = 24;
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  /** What goes on when the client has answered. */
  sealed interface Rest {

    /**
     * A call that is open at the server, which waits for answers.
     *
     * @param asked the server's questions, by their keys
     */
    record Open(LegacyCall call, Map<String, Question> asked) implements Rest {
      public Open {
        asked = new LinkedHashMap<>(asked);
      }
    }

    /**
     * A call that the server has refused until the user has visited URLs.
     *
     * @param error the server's refusal
     * @param asked what the client was asked, as a member of {@code inputRequests} each
     */
    record Refused(Message error, Map<String, String> asked, ServerSelf server) implements Rest {
      public Refused {
        asked = new LinkedHashMap<>(asked);
      }
    }
  }

  private record Kept(CarriedRequest.Binding binding, Rest rest, Instant until) {}

  private final SecureRandom random;
  private final InstantSource clock;
  private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>();
  private boolean closed;

  KeptCalls(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  /** Keeps a call; gives the {@code requestState} for its retry. Empty if there are too many. */
  synchronized Optional<String> keep(CarriedRequest.Binding binding, Rest rest) {
    sweep();
    if (closed || kept.size() >= MOST) {
      return Optional.empty();
    }
    byte[] state = new byte[STATE_BYTES];
    random.nextBytes(state);
    String text = TEXT.encodeToString(state);
    kept.put(text, new Kept(binding, rest, clock.instant().plus(LONGEST)));
    return Optional.of(text);
  }

  /** Takes out what goes on; empty if the state is not one of that call. */
  synchronized Optional<Rest> take(String state, CarriedRequest.Binding binding) {
    sweep();
    Kept found = kept.get(state);
    if (found == null || !found.binding().equals(binding)) {
      return Optional.empty();
    }
    kept.remove(state);
    return Optional.of(found.rest());
  }

  /** Gives up the call whose client will not come back, if there is one. */
  synchronized void withdraw(String state) {
    Optional.ofNullable(kept.remove(state)).map(Kept::rest).ifPresent(KeptCalls::giveUp);
  }

  /** Gives up those that waited for too long. */
  synchronized void sweep() {
    Instant now = clock.instant();
    for (Iterator<Kept> each = kept.values().iterator(); each.hasNext(); ) {
      Kept next = each.next();
      if (!next.until().isAfter(now)) {
        each.remove();
        giveUp(next.rest());
      }
    }
  }

  synchronized int size() {
    return kept.size();
  }

  private static void giveUp(Rest rest) {
    if (rest instanceof Rest.Open open) {
      open.call().cancel();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    kept.values().forEach(each -> giveUp(each.rest()));
    kept.clear();
  }
}
