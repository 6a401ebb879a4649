package dev.tollbar.upstream;

import dev.tollbar.api.UpstreamTransport;

/**
 * A server behind the gateway: its transport and what is known of its tools. Lives on over document
 * revisions that do not change how it is reached.
 *
 * @param digest of all that decides how it is reached: equal digests, same server
 * @param lines to it, on that transport
 * @param room for calls to it
 */
public record Server(
    String name,
    String digest,
    UpstreamTransport transport,
    ServerLines lines,
    ToolCatalog catalog,
    Room room) {

  /** A server whose clients all speak what it speaks. */
  public Server(String name, String digest, UpstreamTransport transport) {
    this(
        name,
        digest,
        transport,
        new DirectLines(transport),
        new ToolCatalog(),
        new Room(Room.Terms.DEFAULT));
  }
}
