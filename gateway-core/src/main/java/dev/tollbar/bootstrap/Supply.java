package dev.tollbar.bootstrap;

import dev.tollbar.document.ReadContext;
import dev.tollbar.plugins.PluginReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * One generation of plugins, as revisions are compiled with it. Whoever compiles with it enters it;
 * it is freed when it was let go of and the last of them has left. Safe for use by many threads.
 */
final class Supply {
  private final ReadContext context;
  private final Function<String, Optional<Object>> transports;
  private final List<PluginReport> plugins;
  private final Runnable free;

  /** Revisions that were compiled with it, and one for being the newest or in force. */
  private final AtomicInteger users = new AtomicInteger(1);

  /**
   * A supply.
   *
   * @param transports what a transport kind's code is, by name: another object means other code
   * @param plugins every jar, refused ones too
   * @param free what is to be done when nothing that was compiled with it is used any more
   */
  Supply(
      ReadContext context,
      Function<String, Optional<Object>> transports,
      List<PluginReport> plugins,
      Runnable free) {
    this.context = context;
    this.transports = transports;
    this.plugins = List.copyOf(plugins);
    this.free = free;
  }

  ReadContext context() {
    return context;
  }

  Optional<Object> transport(String kind) {
    return transports.apply(kind);
  }

  List<PluginReport> plugins() {
    return plugins;
  }

  /** Only for who knows that it is not freed yet. */
  void enter() {
    users.incrementAndGet();
  }

  void leave() {
    if (users.decrementAndGet() == 0) {
      free.run();
    }
  }
}
