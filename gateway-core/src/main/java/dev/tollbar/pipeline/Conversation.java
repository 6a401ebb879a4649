package dev.tollbar.pipeline;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client that hears everything on one channel: answers, and what its server says by itself. Its
 * connection stands for the session, whose id the client need not know; closing the one ends the
 * other. Requests are worked on side by side. Safe for use by many threads.
 */
public final class Conversation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
  private static final int MOST_AT_ONCE = 256;

  private final Gateway gateway;
  private final Channel channel;
  private final Arrival opening;
  private final Semaphore room = new Semaphore(MOST_AT_ONCE);
  private final Set<Thread> working = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Optional<String>> session = new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<Thread>> listening =
      new AtomicReference<>(Optional.empty());
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A conversation.
   *
   * @param opening how the client came; in its name the gateway listens and ends the session
   */
  public Conversation(Gateway gateway, Channel channel, Arrival opening) {
    this.gateway = gateway;
    this.channel = channel;
    this.opening = opening;
  }

  /**
   * Takes what came on a pipe. What must keep its order (the handshake, notifications, answers) is
   * taken on this thread.
   */
  public void take(Arrival arrival) throws IOException {
    Arrival inside = arrival.in(session.get());
    for (Item item : gateway.items(inside, ChannelReply.toWhatCannotBeRead(channel))) {
      if (item.isRequest() && !item.isHandshake()) {
        begin(item);
      } else {
        answer(item);
      }
    }
  }

  /**
   * Takes what was posted. Requests are answered on the channel, the rest, and what cannot be read,
   * by the answer to the post.
   */
  public void take(Arrival arrival, ClientReply post) throws IOException {
    List<Item> items = gateway.items(arrival.in(session.get()), post);
    if (items.isEmpty()) {
      return;
    }
    if (items.size() == 1 && !items.getFirst().isRequest()) {
      items.getFirst().posting().post(post);
      return;
    }
    for (Item item : items) {
      if (item.isRequest()) {
        begin(item);
      } else {
        answer(item);
      }
    }
    post.accepted();
  }

  private void begin(Item item) throws IOException {
    if (!room.tryAcquire()) {
      String text = "Too many requests are open at once.";
      channel.message(Errors.reply(item.id(), ErrorCode.BAD_REQUEST, text));
      return;
    }
    Thread worker =
        Thread.ofVirtual()
            .unstarted(() -> {
              try {
                answer(item);
              } finally {
                room.release();
                working.remove(Thread.currentThread());
              }
            });
    working.add(worker);
    worker.start();
  }

  private void answer(Item item) {
    Optional<String> before = session.get();
    ChannelReply.to(item, channel, this::opened).answer(item);
    if (!session.get().equals(before)) {
      listen();
    }
  }

  /** The handshake is through. One that comes again takes the place of the first. */
  private void opened(String id) {
    session.getAndSet(Optional.of(id)).ifPresent(this::end);
    if (closed.getCount() == 0) {
      session.getAndSet(Optional.empty()).ifPresent(this::end);
    }
  }

  private void listen() {
    Arrival inside = opening.in(session.get());
    Thread thread =
        Thread.ofVirtual().name("listen").unstarted(new Listener(gateway, channel, inside, closed));
    listening.getAndSet(Optional.of(thread)).ifPresent(Thread::interrupt);
    thread.start();
  }

  /** Waits for the answers to what is being worked on, but no longer than this. */
  public void drain(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    for (Thread worker : working) {
      worker.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    }
  }

  /** Ends the session, and with it whatever is being worked on. */
  @Override
  public void close() {
    closed.countDown();
    session.getAndSet(Optional.empty()).ifPresent(this::end);
    listening.getAndSet(Optional.empty()).ifPresent(Thread::interrupt);
  }

  private void end(String id) {
    try {
      gateway.end(opening.in(Optional.of(id)), ChannelReply.silent(channel));
    } catch (IOException e) {
      LOG.debug("the client left: {}", e.getMessage());
    }
  }
}
