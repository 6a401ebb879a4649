package dev.tollbar.pipeline;

import dev.tollbar.protocol.MalformedListException;
import java.io.IOException;

/** What the gateway does to a successful reply before the client sees it. */
@FunctionalInterface
interface Edit {

  /**
   * The reply as the client gets it.
   *
   * @param message the whole JSON-RPC response, with a result
   * @throws IOException when the reply is not what its method promises
   */
  byte[] apply(byte[] message) throws IOException, MalformedListException;
}
