package dev.tollbar.document;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamTransport;
import java.time.Duration;

/**
 * A server of a document.
 *
 * @param name its name in the document
 * @param kind the transport kind's name
 * @param plugin the plugin it comes from: {@code transport-stdio@0.1.0}
 * @param timeout how long the server may be silent
 * @param capacity how many calls it gets at once
 * @param digest of all that its transport is made from, resolved secrets included: equal digests
 *     mean that a live transport can be kept. Not for logs or messages
 * @param opener makes the transport
 */
public record ServerSpec(
    String name,
    String kind,
    String plugin,
    Duration timeout,
    ServerCapacity capacity,
    String digest,
    Opener opener) {

  /** Makes transports of a bound config. */
  @FunctionalInterface
  public interface Opener {
    UpstreamTransport open(TransportContext context) throws DocumentException;
  }

  /**
   * Makes the transport. Does not reach out yet.
   *
   * @throws DocumentException if what its config names is not there on this machine
   */
  public UpstreamTransport open(TransportContext context) throws DocumentException {
    return opener.open(context);
  }
}
