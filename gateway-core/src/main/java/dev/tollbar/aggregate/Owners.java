package dev.tollbar.aggregate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which server a URI or task came from, as far as a session has seen. A list is a server's word
 * that it has something; a result only mentions it. Safe for use by many threads.
 */
final class Owners {
  private static final int MOST = 20_000;

  /** Who owns something. */
  sealed interface Owner {
    record Known(String server) implements Owner {}

    record Unknown() implements Owner {}

    /** Two servers spoke of it, and neither listed it. */
    record Contested() implements Owner {}
  }

  private record Claim(Owner owner, boolean listed) {}

  private final Map<String, Claim> claims =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Claim> eldest) {
          return size() > MOST;
        }
      };

  /** A server lists it. The first to do so owns it. Says who does. */
  synchronized String listed(String key, String server) {
    Claim before = claims.get(key);
    if (before != null && before.listed() && before.owner() instanceof Owner.Known(String first)) {
      return first;
    }
    claims.put(key, new Claim(new Owner.Known(server), true));
    return server;
  }

  /** A server speaks of it, which counts where nobody lists it. */
  synchronized void mentioned(String key, String server) {
    Claim before = claims.get(key);
    if (before == null) {
      claims.put(key, new Claim(new Owner.Known(server), false));
    } else if (!before.listed() && !before.owner().equals(new Owner.Known(server))) {
      claims.put(key, new Claim(new Owner.Contested(), false));
    }
  }

  synchronized Owner find(String key) {
    Claim claim = claims.get(key);
    return claim == null ? new Owner.Unknown() : claim.owner();
  }
}
