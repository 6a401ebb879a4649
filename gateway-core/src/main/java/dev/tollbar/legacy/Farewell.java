package dev.tollbar.legacy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Ends several lines at once, since each may have to say goodbye to its server. */
final class Farewell {
  /** A line whose end has nothing to tell. */
  interface Line extends AutoCloseable {
    @Override
    void close();
  }

  private Farewell() {}

  static void to(Collection<? extends Line> lines) {
    List<Thread> farewells = new ArrayList<>();
    for (Line line : lines) {
      farewells.add(Thread.ofVirtual().name("farewell").start(line::close));
    }
    try {
      for (Thread farewell : farewells) {
        farewell.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
