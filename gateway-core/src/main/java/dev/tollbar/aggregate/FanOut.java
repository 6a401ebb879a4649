package dev.tollbar.aggregate;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks several servers at once, each in a thread of its own, and takes what is there in time. For
 * one thread.
 *
 * @param <T> an answer
 */
final class FanOut<T> {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

  /** One server's part. */
  private static final class Part<T> {
    private final CountDownLatch done = new CountDownLatch(1);
    private final long deadlineNanos;
    private Optional<T> answer = Optional.empty();
    private boolean givenUp;

    Part(long deadlineNanos) {
      this.deadlineNanos = deadlineNanos;
    }

    /** Says whether the answer came too late. */
    synchronized boolean answered(T with) {
      answer = Optional.of(with);
      return givenUp;
    }

    synchronized Optional<T> take() {
      givenUp = answer.isEmpty();
      return answer;
    }
  }

  private final BiConsumer<String, T> late;
  private final Map<String, Part<T>> parts = new TreeMap<>();

  /** Answers that come too late are of no use. */
  FanOut() {
    this((_, _) -> {});
  }

  /**
   * Asks several servers.
   *
   * @param late takes the answers of servers that were given up, in other threads
   */
  FanOut(BiConsumer<String, T> late) {
    this.late = late;
  }

  /** Asks one server. */
  void ask(String server, Duration wait, Callable<T> question) {
    Part<T> part = new Part<>(System.nanoTime() + wait.toNanos());
    parts.put(server, part);
    Thread.ofVirtual().name("ask " + server).start(() -> answer(server, part, question));
  }

  private void answer(String server, Part<T> part, Callable<T> question) {
    try {
      T answer = question.call();
      if (part.answered(answer)) {
        late.accept(server, answer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.error("{} could not be asked", server, e);
    } finally {
      part.done.countDown();
    }
  }

  /**
   * The answers by server, in the order of names.
   *
   * @param missing what stands for one that did not come
   */
  Map<String, T> answers(Function<String, T> missing) throws InterruptedException {
    Map<String, T> answers = new TreeMap<>();
    for (Map.Entry<String, Part<T>> entry : parts.entrySet()) {
      Part<T> part = entry.getValue();
      boolean there = part.done.await(part.deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      Optional<T> answer = part.take();
      if (!there) {
        LOG.debug("{} is late", entry.getKey());
      }
      answers.put(entry.getKey(), answer.orElseGet(() -> missing.apply(entry.getKey())));
    }
    return answers;
  }
}
