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
 * @param reason why there is no page, or no further one; for clients
 */
record Page(Optional<ListFilter> entries, Optional<String> nextCursor, Optional<String> reason) {

  static Page of(byte[] reply, Listing listing) {
    try {
      ListFilter entries = ListFilter.read(reply, listing);
      return new Page(Optional.of(entries), entries.nextCursor(), Optional.empty());
    } catch (MalformedListException e) {
      return missing("Its list cannot be read.");
    }
  }

  static Page missing(String reason) {
    return new Page(Optional.empty(), Optional.empty(), Optional.of(reason));
  }

  /** A server that has no such list. */
  static Page none() {
    return new Page(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same, as the last one. */
  Page last(String why) {
    return new Page(entries, Optional.empty(), Optional.of(why));
  }
}
