package dev.tollbar.bootstrap;

import dev.tollbar.document.ReadContext;
import dev.tollbar.plugins.Generation;
import dev.tollbar.state.State;
import java.time.InstantSource;
import org.slf4j.LoggerFactory;

/** What documents are read with in commands that do not serve. */
final class ReadContexts {
  private ReadContexts() {}

  static ReadContext of(Generation generation, State state) {
    return new ReadContext(
        new DocumentKinds(generation),
        System.getenv(),
        state::counters,
        InstantSource.system(),
        kind -> LoggerFactory.getLogger("rule." + kind));
  }
}
