package dev.tollbar.consent;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.Deliveries;
import dev.tollbar.state.Delivery;
import dev.tollbar.state.Delivery.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is stored for webhooks, again and again with growing pauses until the receiver has
 * taken it, nobody needs it any more, or it is given up: a dead letter. Whatever goes wrong leaves
 * the question open; nothing but a well-formed answer decides. Safe for use by many threads.
 */
public final class WebhookSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

  private static final int GONE = 410;

  /** Is told of every answer that is refused, and of every one that did not come. */
  @FunctionalInterface
  public interface Refusals {
    /**
     * It changed nothing.
     *
     * @param code one word for records: {@code webhook_malformed}
     * @param why for operators
     */
    void refused(String code, String approval, String why);
  }

  /**
   * How it delivers.
   *
   * @param pauses after the first failure, the second, …; after as many as there are and one more a
   *     message is given up. Up to half as much is added by chance
   * @param look how often it is looked for messages that other processes have stored, or that are
   *     due again
   * @param inFlight how many attempts are under way at once to one webhook
   * @param attempt how long an attempt may take
   * @param precedence for so long a gateway that nobody can reach leaves messages to one beside it
   *     that has links
   */
  record Pace(
      List<Duration> pauses, Duration look, int inFlight, Duration attempt, Duration precedence) {
    static Pace usual() {
      return new Pace(
          List.of(
              Duration.ofSeconds(1),
              Duration.ofSeconds(5),
              Duration.ofSeconds(25),
              Duration.ofMinutes(2),
              Duration.ofMinutes(5),
              Duration.ofMinutes(15),
              Duration.ofHours(1),
              Duration.ofHours(3)),
          Duration.ofSeconds(1),
          16,
          Duration.ofSeconds(10),
          Duration.ofSeconds(3));
    }

    /** A process that was killed in the midst of an attempt holds up the next one for so long. */
    private Duration claim() {
      return attempt.plusSeconds(5);
    }
  }

  private final Approvals approvals;
  private final Answers answers;
  private final Deliveries deliveries;
  private final Supplier<Map<String, WebhookTarget>> webhooks;
  private final DecisionLinks links;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pace pace;
  private final WebhookPost post;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore bell = new Semaphore(0);
  private final Map<String, Semaphore> places = new ConcurrentHashMap<>();
  private volatile BiConsumer<String, Boolean> watcher = (_, _) -> {};
  private volatile Refusals refusals = (_, _, _) -> {};
  private volatile boolean closed;

  /**
   * A sender that has not begun.
   *
   * @param webhooks the document's webhooks by name, as they are now
   */
  public WebhookSender(
      Approvals approvals,
      Answers answers,
      Deliveries deliveries,
      Supplier<Map<String, WebhookTarget>> webhooks,
      DecisionLinks links,
      InstantSource clock,
      RandomGenerator random) {
    this(approvals, answers, deliveries, webhooks, links, clock, random, Pace.usual());
  }

  WebhookSender(
      Approvals approvals,
      Answers answers,
      Deliveries deliveries,
      Supplier<Map<String, WebhookTarget>> webhooks,
      DecisionLinks links,
      InstantSource clock,
      RandomGenerator random,
      Pace pace) {
    this.approvals = approvals;
    this.answers = answers;
    this.deliveries = deliveries;
    this.webhooks = webhooks;
    this.links = links;
    this.clock = clock;
    this.random = random;
    this.pace = pace;
    this.post = new WebhookPost(clock, threads, pace.attempt());
  }

  /** Who is told of every attempt: the webhook, and whether it was delivered. Must not block. */
  public void watchedBy(BiConsumer<String, Boolean> observer) {
    watcher = observer;
  }

  /** Who records what is refused. Must not block. */
  public void refusalsTo(Refusals recorder) {
    refusals = recorder;
  }

  /** Begins to deliver, also what earlier processes have left. */
  public void begin() {
    threads.execute(this::run);
  }

  /** There may be something to deliver. Returns at once. */
  public void look() {
    bell.release();
  }

  private void run() {
    boolean reachable = true;
    while (!closed) {
      try {
        if (bell.tryAcquire(pace.look().toNanos(), TimeUnit.NANOSECONDS)) {
          bell.drainPermits();
        }
        deliverDue();
        reachable = true;
      } catch (InterruptedException _) {
        return;
      } catch (StoreUnavailableException e) {
        if (reachable) {
          LOG.warn("webhooks wait: {}", e.getMessage());
        }
        reachable = false;
      } catch (RuntimeException e) {
        LOG.error("delivering to webhooks failed", e);
      }
    }
  }

  private void deliverDue() {
    Instant now = clock.instant();
    for (String webhook : deliveries.due(now)) {
      Semaphore place = places.computeIfAbsent(webhook, _ -> new Semaphore(pace.inFlight()));
      int room = place.availablePermits();
      if (room == 0) {
        continue;
      }
      for (Delivery delivery : claimed(webhook, now, room)) {
        place.acquireUninterruptibly();
        try {
          threads.execute(() -> attempt(delivery, place));
        } catch (RejectedExecutionException _) {
          return; // closed: the next process takes it up
        }
      }
    }
  }

  /**
   * Of a webhook that this gateway's document does not have, only what nobody will deliver any
   * more: another gateway with the same data folder may have it.
   */
  private List<Delivery> claimed(String webhook, Instant now, int room) {
    Instant until = now.plus(pace.claim());
    if (!webhooks.get().containsKey(webhook)) {
      return deliveries.claimOver(webhook, now, until, room);
    }
    Instant due = links.base().isPresent() ? now : now.minus(pace.precedence());
    return deliveries.claim(webhook, now, due, until, room);
  }

  private void attempt(Delivery delivery, Semaphore place) {
    try {
      settle(delivery, outcome(delivery));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (StoreUnavailableException e) {
      LOG.warn("webhook {}: {}", delivery.webhook(), e.getMessage());
    } finally {
      place.release();
      look();
    }
  }

  /** What an attempt came to. */
  private sealed interface Outcome {}

  private record Delivered() implements Outcome {}

  private record Over(State state, String why) implements Outcome {}

  private record Failed(String code, String why, boolean forGood) implements Outcome {
    static Failed malformed(String why) {
      return new Failed("webhook_malformed", why, false);
    }
  }

  private Outcome outcome(Delivery delivery) throws InterruptedException {
    Optional<Approval> found = approvals.find(delivery.approval());
    if (found.isEmpty()) {
      return new Over(State.NEEDLESS, "the approval is gone");
    }
    Approval approval = found.get();
    if (delivery.message() == Delivery.Message.REQUESTED) {
      Approval.Status status = approval.status(clock.instant());
      if (status == Approval.Status.EXPIRED) {
        return new Over(
            State.DEAD,
            "not delivered before the question was over"
                + delivery.problem().map(last -> "; " + last).orElse(""));
      }
      if (status != Approval.Status.PENDING) {
        return new Over(State.NEEDLESS, "");
      }
    }
    WebhookTarget target = webhooks.get().get(delivery.webhook());
    if (target == null) {
      return new Over(State.NEEDLESS, "the document has no webhook of this name");
    }
    WebhookMessage message = WebhookMessage.of(delivery.message(), approval, links);
    return switch (post.send(target, message)) {
      case WebhookPost.Failed failed -> new Failed("webhook_unanswered", failed.why(), false);
      case WebhookPost.Replied reply -> read(delivery, target, reply);
    };
  }

  private Outcome read(Delivery delivery, WebhookTarget target, WebhookPost.Replied reply) {
    if (delivery.message() == Delivery.Message.WITHDRAWN && reply.status() / 100 == 2) {
      return new Delivered();
    }
    return switch (reply.status()) {
      case 202, 204 -> new Delivered();
      case 200 -> decided(delivery, target, reply.body());
      default -> new Failed("webhook_status", "status " + reply.status(), reply.status() == GONE);
    };
  }

  private Outcome decided(Delivery delivery, WebhookTarget target, byte[] body) {
    String id = delivery.approval();
    try {
      DecisionMessage message = DecisionMessage.parse(body);
      if (!message.id().orElse(id).equals(id)) {
        return Failed.malformed("the answer is for another approval");
      }
      Ruling ruling =
          answers.decide(
              id,
              message.approve(),
              message.by().orElse("webhook " + target.name()),
              message.reason());
      if (!ruling.taken()) {
        LOG.warn("webhook {} has answered in vain: {}", target.name(), ruling.text());
        refusals.refused("webhook_late", id, "webhook " + target.name() + ": " + ruling.text());
      }
      return new Delivered();
    } catch (DecisionMessage.MalformedException e) {
      return Failed.malformed("no usable answer: " + e.getMessage());
    }
  }

  private void settle(Delivery delivery, Outcome outcome) {
    Instant now = clock.instant();
    switch (outcome) {
      case Delivered _ -> {
        watcher.accept(delivery.webhook(), true);
        deliveries.settle(delivery, State.DELIVERED, now, "", now);
      }
      case Over over -> {
        if (over.state() == State.DEAD) {
          LOG.warn(
              "webhook {}, approval {}: {}", delivery.webhook(), delivery.approval(), over.why());
        }
        deliveries.settle(delivery, over.state(), now, over.why(), now);
      }
      case Failed failed -> {
        watcher.accept(delivery.webhook(), false);
        refusals.refused(
            failed.code(),
            delivery.approval(),
            "webhook " + delivery.webhook() + ": " + failed.why());
        failed(delivery, failed, now);
      }
    }
  }

  private void failed(Delivery delivery, Failed failed, Instant now) {
    boolean dead = failed.forGood() || delivery.attempts() >= pace.pauses().size();
    LOG.warn(
        "webhook {} gave no usable answer for approval {}: {}{}",
        delivery.webhook(),
        delivery.approval(),
        failed.why(),
        dead ? "; given up, see tollbar approvals dead" : "");
    Instant due = dead ? now : now.plus(pause(delivery.attempts()));
    deliveries.settle(delivery, dead ? State.DEAD : State.WAITING, due, failed.why(), now);
  }

  private Duration pause(int attempts) {
    Duration pause = pace.pauses().get(attempts);
    return pause.plusMillis(random.nextLong(pause.toMillis() / 2 + 1));
  }

  /** Ends all attempts; what was not delivered is taken up by the next process. */
  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    post.close();
  }
}
