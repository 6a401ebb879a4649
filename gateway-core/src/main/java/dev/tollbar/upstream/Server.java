package dev.tollbar.upstream;

import dev.tollbar.api.UpstreamTransport;

/**
 * A server behind the gateway: its transport and what is known of its tools. Lives on over document
 * revisions that do not change how it is reached.
 *
 * @param digest of all that decides how it is reached: equal digests, same server
 */
public record Server(String name, String digest, UpstreamTransport transport, ToolCatalog catalog) {

  public Server(String name, String digest, UpstreamTransport transport) {
    this(name, digest, transport, new ToolCatalog());
  }
}
