package dev.tollbar.transport.common;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Messages in the order in which they came, and how many bytes they are. One thread at a time. */
final class Backlog<T> {
  private final Deque<T> messages = new ArrayDeque<>();
  private final Held held;
  private final ToLongFunction<T> size;
  private long bytes;

  /**
   * Nothing yet.
   *
   * @param held what it counts in
   * @param size how many bytes a message has
   */
  Backlog(Held held, ToLongFunction<T> size) {
    this.held = held;
    this.size = size;
  }

  /** One that nothing else is counted with. */
  static <T> Backlog<T> ofItsOwn(ToLongFunction<T> size) {
    return new Backlog<>(new Held(Long.MAX_VALUE), size);
  }

  void add(T message) {
    messages.add(message);
    count(size.applyAsLong(message));
  }

  /** Takes the oldest. */
  Optional<T> poll() {
    Optional<T> oldest = Optional.ofNullable(messages.poll());
    oldest.ifPresent(message -> count(-size.applyAsLong(message)));
    return oldest;
  }

  void clear() {
    messages.clear();
    count(-bytes);
  }

  private void count(long more) {
    bytes += more;
    held.add(more);
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  int size() {
    return messages.size();
  }

  long bytes() {
    return bytes;
  }
}
