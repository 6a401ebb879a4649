package dev.tollbar.transport.common;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Sorts what one server says on one channel to those who wait for it. A response goes to the call
 * with its id, progress to the call with its token, and news of the server as a whole to whoever
 * listens. Anything else belongs to the one call in flight; if there are several to the youngest;
 * if there is none to whoever listens.
 *
 * <p>While a request of the server waits for the client's answer, the server is not silent and no
 * call times out.
 *
 * <p>Who waits for a message does so without a time of its own: a timer for each call would cost
 * more than to hand the message over. Whether the server was silent for too long is looked at from
 * time to time, for all calls at once.
 */
public final class Switchboard {
  private static final int MOST_UNHEARD = 1_000;
  private static final int MOST_WAITING = 1_000;
  private static final long MOST_WAITING_BYTES = 32L * 1024 * 1024;
  private static final long MOST_UNHEARD_BYTES = 8L * 1024 * 1024;
  private static final Duration SHORTEST_ROUND = Duration.ofMillis(10);
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(1);

  private final Duration timeout;
  private final Duration round;
  private final Logger logger;
  private final Held held;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition space = lock.newCondition();
  private final Condition heard = lock.newCondition();
  private final LinkedHashMap<MessageId, Call> calls = new LinkedHashMap<>();
  private final Set<MessageId> questions = new HashSet<>();
  private final Backlog<byte[]> unheard = Backlog.ofItsOwn(json -> json.length);
  private int listener;
  private boolean listening;

  /** Whether somebody looks for calls that the server says nothing to. */
  private boolean watched;

  private @Nullable UpstreamException ended;
  private Reason endedForLater = Reason.BROKEN;

  /**
   * Begins without calls.
   *
   * @param timeout how long the server may say nothing to a call; it is noticed up to a tenth
   *     later, and not more than a second
   */
  public Switchboard(Duration timeout, Logger logger) {
    this(timeout, logger, Held.ALL);
  }

  Switchboard(Duration timeout, Logger logger, Held held) {
    this.timeout = timeout;
    this.logger = logger;
    this.held = held;
    Duration tenth = timeout.dividedBy(10);
    if (tenth.compareTo(SHORTEST_ROUND) < 0) {
      round = SHORTEST_ROUND;
    } else {
      round = tenth.compareTo(LONGEST_ROUND) > 0 ? LONGEST_ROUND : tenth;
    }
  }

  /** One message for a call; {@code last} says whether it is its response. */
  public record Delivery(byte[] json, boolean last) {}

  /** A request that waits for its response. */
  public final class Call implements AutoCloseable {
    private final MessageId id;
    private final Optional<MessageId> token;
    private final Condition arrived = lock.newCondition();
    private final Backlog<Delivery> waiting =
        new Backlog<>(held, delivery -> delivery.json().length);
    private long heardAt = System.nanoTime();
    private boolean standing;
    private boolean over;
    private @Nullable UpstreamException failure;

    private Call(MessageId id, Optional<MessageId> token) {
      this.id = id;
      this.token = token;
    }

    /** Blocks for the next message; empty once the call is closed. */
    public Optional<Delivery> next() throws UpstreamException, InterruptedException {
      lock.lockInterruptibly();
      try {
        while (waiting.isEmpty()) {
          if (over) {
            return Optional.empty();
          }
          if (failure != null) {
            throw failure;
          }
          arrived.await();
        }
        Optional<Delivery> delivery = waiting.poll();
        space.signalAll();
        return delivery;
      } finally {
        lock.unlock();
      }
    }

    private void failIfSilent(long now) {
      if (!standing && waiting.isEmpty() && now - heardAt >= timeout.toNanos()) {
        fail(
            new UpstreamException(
                Reason.TIMEOUT,
                true,
                0,
                "the server said nothing for " + timeout.toMillis() + " ms"));
      }
    }

    private void deliver(Delivery delivery) {
      heardAt = System.nanoTime();
      waiting.add(delivery);
      arrived.signalAll();
    }

    /** A call that has nothing can take one message, whatever all others hold. */
    private boolean full() {
      return !over
          && failure == null
          && (waiting.size() >= MOST_WAITING
              || waiting.bytes() >= MOST_WAITING_BYTES
              || (!waiting.isEmpty() && held.full()));
    }

    private void fail(UpstreamException why) {
      if (failure == null) {
        failure = why;
      }
      arrived.signalAll();
    }

    /** From now on the server may say nothing for as long as it has nothing to say. */
    public void stand() {
      lock.lock();
      try {
        standing = true;
        arrived.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** The server has refused the request, or never got it. What it said before is read first. */
    public void giveUp(UpstreamException why) {
      lock.lock();
      try {
        calls.remove(id, this);
        fail(why);
        space.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** Nobody waits for the rest any more. */
    @Override
    public void close() {
      lock.lock();
      try {
        over = true;
        waiting.clear();
        calls.remove(id, this);
        arrived.signalAll();
        space.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Notes a request, before it is sent.
   *
   * @throws UpstreamException after the end, or if a request with this id is still open
   */
  public Call open(MessageId id, Optional<MessageId> token) throws UpstreamException {
    lock.lock();
    try {
      if (ended != null) {
        throw new UpstreamException(endedForLater, false, 0, String.valueOf(ended.getMessage()));
      }
      if (calls.containsKey(id)) {
        throw new UpstreamException(
            Reason.REFUSED,
            false,
            0,
            "a request with the id " + Quoted.line(id.json()) + " is still open");
      }
      Call call = new Call(id, token);
      calls.put(id, call);
      if (!watched) {
        Thread.ofVirtual().name("silence of a server").start(this::watchForSilence);
        watched = true;
      }
      return call;
    } finally {
      lock.unlock();
    }
  }

  /** For as long as there are calls: a session that nobody uses has no thread that wakes up. */
  private void watchForSilence() {
    do {
      LockSupport.parkNanos(this, round.toNanos());
    } while (failSilent());
  }

  /** Whether there are calls still. */
  private boolean failSilent() {
    lock.lock();
    try {
      watched = false; // should this fail, the next call brings somebody else
      if (questions.isEmpty()) {
        long now = System.nanoTime();
        calls.values().forEach(call -> call.failIfSilent(now));
      }
      watched = !calls.isEmpty();
      return watched;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sorts one message of the server. Waits while its call has more than enough unread messages; a
   * call that nobody reads for as long as the server's timeout is given up, so that it cannot stop
   * the others for ever.
   *
   * @param json the message, without line breaks; see {@link #oneLine}
   */
  public void deliver(byte[] json, ServerMessage message) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Optional<Call> addressee = addressee(message);
      if (addressee.isPresent()) {
        Call call = addressee.get();
        waitForSpace(call);
        if (message.isRequest()) {
          message.id().ifPresent(questions::add);
        }
        call.deliver(new Delivery(json, message.isResponse()));
        if (message.isResponse()) {
          calls.remove(call.id, call);
        }
      } else if (message.isResponse()) {
        logger.debug("a response to nothing that is open");
      } else {
        if (message.isRequest()) {
          message.id().ifPresent(questions::add);
        }
        keepUnheard(json);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Call> addressee(ServerMessage message) {
    if (message.isResponse()) {
      return message.id().map(calls::get);
    }
    if (message.isProgress()) {
      return calls.values().stream()
          .filter(call -> call.token.isPresent() && call.token.equals(message.progressToken()))
          .findFirst();
    }
    if (listening && message.isNews()) {
      return Optional.empty();
    }
    return Optional.ofNullable(calls.lastEntry()).map(Map.Entry::getValue);
  }

  private void waitForSpace(Call call) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (call.full()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        calls.remove(call.id, call);
        call.waiting.clear();
        call.fail(
            new UpstreamException(Reason.BROKEN, true, 0, "nobody reads what the server sends"));
        logger.warn("gave up a call: its messages are not read");
      } else {
        space.awaitNanos(left);
      }
    }
  }

  private void keepUnheard(byte[] json) {
    boolean dropped = false;
    while (unheard.size() >= MOST_UNHEARD
        || (!unheard.isEmpty() && unheard.bytes() + json.length > MOST_UNHEARD_BYTES)) {
      unheard.poll();
      dropped = true;
    }
    if (dropped) {
      logger.warn("too many messages that nobody listens to: dropped the oldest");
    }
    unheard.add(json);
    heard.signalAll();
  }

  /**
   * The server sent something that is no message. If just one call waits it was for that one, which
   * fails; with several nobody can tell, and they go on waiting.
   */
  public void malformed(UpstreamException why) {
    lock.lock();
    try {
      if (calls.size() == 1) {
        calls.lastEntry().getValue().giveUp(why);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Line breaks, which are white space in JSON and the end of a line in events, become spaces. */
  public static void oneLine(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        json[i] = ' ';
      }
    }
  }

  /** The client has answered a request of the server, which may now be silent as long as ever. */
  public void answered(MessageId id) {
    lock.lock();
    try {
      questions.remove(id);
      for (Call call : calls.values()) {
        call.heardAt = System.nanoTime();
        call.arrived.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Fails every open call; there will be no further message. The first end counts.
   *
   * @param later why calls fail from now on, without having been delivered
   */
  public void end(UpstreamException why, Reason later) {
    lock.lock();
    try {
      if (ended == null) {
        ended = why;
        endedForLater = later;
      }
      calls.values().forEach(call -> call.fail(why));
      calls.clear();
      questions.clear();
      listening = false;
      heard.signalAll();
      space.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Begins to listen to what belongs to no call; whoever did before stops. */
  public EventStream listen() {
    int who = beginToListen();
    return new EventStream() {
      @Override
      public Optional<Event> next() throws InterruptedException {
        return nextUnheard(who).map(CallReply::event);
      }

      @Override
      public void close() {
        stopListening(who);
      }
    };
  }

  private int beginToListen() {
    lock.lock();
    try {
      listening = ended == null;
      listener++;
      heard.signalAll();
      return listener;
    } finally {
      lock.unlock();
    }
  }

  private void stopListening(int who) {
    lock.lock();
    try {
      if (who == listener) {
        listening = false;
        listener++;
        heard.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Blocks for a message that belongs to no call; empty when there will be none for this one. */
  private Optional<byte[]> nextUnheard(int who) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (who == listener && unheard.isEmpty() && ended == null) {
        heard.await();
      }
      return who == listener ? unheard.poll() : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody looks for silence at present. */
  boolean watched() {
    lock.lock();
    try {
      return watched;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a call is open or somebody listens. */
  public boolean inUse() {
    lock.lock();
    try {
      return listening || !calls.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
