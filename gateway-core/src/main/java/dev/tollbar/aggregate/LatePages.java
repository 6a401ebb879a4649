package dev.tollbar.aggregate;

import dev.tollbar.protocol.Listing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * First pages that came too late for the list they were asked for. Each is good for the next list
 * under the same revision of the document, so that a server which is always slow is seen all the
 * same. Safe for use by many threads.
 */
final class LatePages {
  private static final Duration GOOD_FOR = Duration.ofMinutes(1);

  private record Key(String server, Listing listing) {}

  private record Kept(Page page, Optional<String> revision, long sinceNanos) {}

  private final Map<Key, Kept> pages = new ConcurrentHashMap<>();

  void keep(String server, Listing listing, Page page, Optional<String> revision) {
    pages.put(new Key(server, listing), new Kept(page, revision, System.nanoTime()));
  }

  /** The page, if there is one of this revision that is not old. */
  Optional<Page> take(String server, Listing listing, Optional<String> revision) {
    return Optional.ofNullable(pages.remove(new Key(server, listing)))
        .filter(kept -> System.nanoTime() - kept.sinceNanos() < GOOD_FOR.toNanos())
        .filter(kept -> kept.revision().equals(revision))
        .map(Kept::page);
  }
}
