package dev.tollbar.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one reader of events has still to be told. Decisions wait in a queue of bounded length: a
 * reader that is too slow misses the newest, and is told how many. Of what changes its state, such
 * as an approval, only the latest is told. Safe for use by the feeder and one reader.
 */
final class Subscriber {
  /** Some megabytes at most, for all readers together. */
  static final int MOST_WAITING = 1_000;

  private final Operator operator;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Deque<String> decisions = new ArrayDeque<>();
  private final Map<String, String> states = new LinkedHashMap<>();
  private long missed;
  private long missedUpTo;
  private boolean over;

  Subscriber(Operator operator) {
    this.operator = operator;
  }

  Operator operator() {
    return operator;
  }

  /** An event of server-sent events, complete. */
  static String event(String name, long id, JsonNode data) {
    return (id > 0 ? "id: " + id + "\n" : "") + "event: " + name + "\ndata: " + data + "\n\n";
  }

  /**
   * That lines of the log were not told. A reader that comes back goes on after the last of them.
   */
  static String missed(long count, long upTo) {
    return event("missed", upTo, Json.object().put("lines", count));
  }

  void decision(long seq, String event) {
    lock.lock();
    try {
      if (missed > 0 || decisions.size() >= MOST_WAITING) {
        missed++;
        missedUpTo = seq;
      } else {
        decisions.add(event);
      }
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Decisions that nobody is told, as there are too many. */
  void skipped(long count, long upTo) {
    lock.lock();
    try {
      missed += count;
      missedUpTo = upTo;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What something is like now. */
  void state(String what, String event) {
    lock.lock();
    try {
      states.remove(what); // the latest comes last
      states.put(what, event);
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes. */
  void end() {
    lock.lock();
    try {
      over = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for events; none when the time is over, or everything is. */
  List<String> take(long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (decisions.isEmpty() && states.isEmpty() && missed == 0 && !over && left > 0) {
        left = news.awaitNanos(left);
      }
      List<String> events = new ArrayList<>(states.values());
      events.addAll(decisions);
      if (missed > 0) {
        events.add(missed(missed, missedUpTo));
      }
      states.clear();
      decisions.clear();
      missed = 0;
      return events;
    } finally {
      lock.unlock();
    }
  }

  boolean isOver() {
    lock.lock();
    try {
      return over && states.isEmpty() && decisions.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
