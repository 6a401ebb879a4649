package dev.tollbar.aggregate;

import dev.tollbar.protocol.ListFilter;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedListException;
import java.util.Optional;

/**
 * One page of one server's list.
 *
 * @param entries empty if there is no page
 * @param nextCursor the server's own
 * @param ttlMs how long the server lets it be kept, in milliseconds
 * @param reason why there is no page, or no further one; for clients
 */
record Page(
    Optional<ListFilter> entries,
    Optional<String> nextCursor,
    long ttlMs,
    Optional<String> reason) {

  static Page of(byte[] reply, Listing listing) {
    try {
      ListFilter entries = ListFilter.read(reply, listing);
      long ttlMs =
          Json.read(reply).map(root -> root.path("result").path("ttlMs").asLong()).orElse(0L);
      return new Page(
          Optional.of(entries), entries.nextCursor(), Math.max(0, ttlMs), Optional.empty());
    } catch (MalformedListException e) {
      return missing("Its list cannot be read.");
    }
  }

  static Page missing(String reason) {
    return new Page(Optional.empty(), Optional.empty(), 0, Optional.of(reason));
  }

  /** A server that has no such list. */
  static Page none() {
    return new Page(Optional.empty(), Optional.empty(), 0, Optional.empty());
  }

  /** The same, as the last one. */
  Page last(String why) {
    return new Page(entries, Optional.empty(), ttlMs, Optional.of(why));
  }
}
