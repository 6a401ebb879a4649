package dev.tollbar.state;

import dev.tollbar.api.Counters.Window;

/** Which counter: one of its group. */
record CounterKey(Group group, String scope) {

  /**
   * All counters of one limit, or of the limits that share them by a name. One object for many
   * counters, so that each takes less memory.
   *
   * @param owner the counter's name in the document, or its rule
   * @param named which of the two
   */
  record Group(String policy, String owner, boolean named, boolean shadow, Window window) {}
}
