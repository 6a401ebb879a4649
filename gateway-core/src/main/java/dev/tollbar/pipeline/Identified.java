package dev.tollbar.pipeline;

import dev.tollbar.identity.Grant;
import dev.tollbar.protocol.Message;

/** A message of a known grant, on a server that the grant reaches. */
record Identified(Parsed parsed, Grant grant) {

  Arrival arrival() {
    return parsed.arrival();
  }

  Message message() {
    return parsed.message();
  }

  /** The same with another message. */
  Identified with(Message other) {
    return new Identified(new Parsed(parsed.arrival(), other), grant);
  }
}
