package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.http.AdminReply;
import dev.tollbar.state.Approval;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who listen what happens: decisions, approvals, revisions, health. One thread looks
 * for all of them at what is stored, so that it also tells what other processes on the same data
 * folder do; there is none while nobody listens. Safe for use by many threads.
 */
public final class LiveFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  static final int MOST_READERS = 64;

  /** Of one round: nobody reads more of them. */
  static final int MOST_AT_ONCE = 500;

  /** What a reader that comes back has missed is told up to here; it can ask for the rest. */
  private static final int MOST_MISSED = 1_000;

  private static final Duration ROUND = Duration.ofMillis(250);

  /** So many rounds between two looks at approvals, and at health. */
  private static final int APPROVAL_ROUNDS = 2;

  private static final int HEALTH_ROUNDS = 8;
  private static final Duration COMMENT = Duration.ofSeconds(15);

  private final RecordsApi records;
  private final ApprovalsApi approvals;
  private final GatewayAccess gateway;
  private final Logins logins;
  private final List<Subscriber> readers = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private @Nullable Feeder feeder;

  LiveFeed(RecordsApi records, ApprovalsApi approvals, GatewayAccess gateway, Logins logins) {
    this.records = records;
    this.approvals = approvals;
    this.gateway = gateway;
    this.logins = logins;
  }

  List<Route> routes() {
    return List.of(Route.get("/events", Permission.READ, this::follow));
  }

  private AdminReply follow(ApiCall call) throws ApiProblem {
    OptionalLong last = lastEvent(call);
    if (readers.size() >= MOST_READERS) {
      throw ApiProblem.of(
          503, "too_many_readers", MOST_READERS + " readers of events are there already.");
    }
    return new AdminReply.Events(sink -> {
      Subscriber reader = new Subscriber(call.operator());
      try {
        tell(sink, reader, last);
      } finally {
        readers.remove(reader);
      }
    });
  }

  private static OptionalLong lastEvent(ApiCall call) throws ApiProblem {
    Optional<String> id = call.request().header("last-event-id").filter(text -> !text.isEmpty());
    if (id.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!id.get().matches("\\d{1,18}")) {
      throw ApiCall.expected("Last-Event-ID", "the id of an event, a whole number", id.get());
    }
    return OptionalLong.of(Long.parseLong(id.get()));
  }

  /** Ends all streams. */
  @Override
  public void close() {
    over.countDown();
    readers.forEach(Subscriber::end);
  }

  /** What it missed comes first; then what happens, until it is over or the reader is gone. */
  private void tell(AdminReply.Sink sink, Subscriber reader, OptionalLong last)
      throws IOException, InterruptedException {
    long from = join(reader);
    sink.write("retry: 2000\n: tollbar\n\n");
    if (last.isPresent() && last.getAsLong() < from) {
      long first = Math.max(last.getAsLong(), from - MOST_MISSED);
      if (first > last.getAsLong()) {
        sink.write(Subscriber.missed(first - last.getAsLong(), first));
      }
      for (Map.Entry<Long, ObjectNode> line : records.after(first, (int) (from - first))) {
        if (line.getKey() <= from && line.getValue().has("decision")) {
          sink.write(Subscriber.event("decision", line.getKey(), line.getValue()));
        }
      }
    }
    while (over.getCount() > 0 && !reader.isOver()) {
      List<String> events = reader.take(COMMENT.toMillis());
      sink.write(events.isEmpty() ? ": \n\n" : String.join("", events));
    }
  }

  /**
   * From now on it is told what happens.
   *
   * @return the newest line that it is not told any more
   */
  private synchronized long join(Subscriber reader) throws IOException {
    Feeder running = feeder;
    if (running == null) {
      running = new Feeder();
      feeder = running;
      readers.add(reader);
      Thread.ofPlatform().daemon().name("admin-events").start(running);
    } else {
      running.greet(reader);
      readers.add(reader);
    }
    return running.seq;
  }

  private synchronized boolean leave() {
    if (readers.isEmpty()) {
      feeder = null;
      return true;
    }
    return false;
  }

  /** What was told of an approval last. */
  private record Known(Approval approval, Approval.Status status, boolean current) {}

  /** A part of a round. */
  @FunctionalInterface
  private interface Look {
    void run() throws IOException;
  }

  /** Looks for all. One thread, but for the greeting: both hold the lock. */
  private final class Feeder implements Runnable {
    private final Map<String, Known> known = new HashMap<>();
    private String health = "";
    private String revision = "";
    private String trouble = "";
    private long seq;

    /** What is so already is no news. */
    Feeder() throws IOException {
      seq = records.newest();
      stored().forEach(it -> known.put(it.approval().id(), it));
    }

    /** Tells one that comes later what the others know. */
    void greet(Subscriber reader) {
      if (!revision.isEmpty()) {
        reader.state("revision", revisionEvent());
      }
      if (!health.isEmpty()) {
        reader.state("health", healthEvent());
      }
    }

    @Override
    public void run() {
      try {
        for (long round = 0; over.getCount() > 0 && !leave(); round++) {
          look(round);
          if (over.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void look(long round) {
      synchronized (LiveFeed.this) {
        attempt(this::decisions);
        if (round % APPROVAL_ROUNDS == 0) {
          attempt(this::approvals);
        }
        if (round % HEALTH_ROUNDS == 0) {
          attempt(this::health);
          attempt(this::farewell);
        }
      }
    }

    /** The next round may succeed. */
    private void attempt(Look look) {
      try {
        look.run();
      } catch (IOException | RuntimeException e) {
        if (!e.toString().equals(trouble)) {
          trouble = e.toString();
          LOG.warn("events: {}", trouble);
        }
      }
    }

    private void decisions() throws IOException {
      List<Map.Entry<Long, ObjectNode>> lines = records.after(seq, MOST_AT_ONCE);
      for (Map.Entry<Long, ObjectNode> line : lines) {
        seq = line.getKey();
        if (line.getValue().has("decision")) {
          String event = Subscriber.event("decision", seq, line.getValue());
          readers.forEach(reader -> reader.decision(seq, event));
        }
      }
      if (lines.size() == MOST_AT_ONCE) {
        long newest = records.newest();
        if (newest > seq) {
          long count = newest - seq;
          seq = newest;
          readers.forEach(reader -> reader.skipped(count, newest));
        }
      }
    }

    private List<Known> stored() {
      try {
        String inForce = gateway.revision();
        return approvals.standing(
            (approval, status) -> new Known(approval, status, approval.revision().equals(inForce)));
      } catch (StoreUnavailableException _) {
        return new ArrayList<>(known.values()); // health says so
      }
    }

    private void approvals() {
      List<Known> stored = stored();
      for (Known it : stored) {
        String id = it.approval().id();
        if (!it.equals(known.put(id, it))) {
          String event = Subscriber.event("approval", 0, approvals.json(it.approval()));
          readers.forEach(reader -> reader.state("approval " + id, event));
        }
      }
      known.keySet().retainAll(stored.stream().map(it -> it.approval().id()).toList());
    }

    private void health() {
      String inForce = gateway.revision();
      if (!inForce.equals(revision)) {
        revision = inForce;
        readers.forEach(reader -> reader.state("revision", revisionEvent()));
      }
      String now = gateway.health().json();
      if (!now.equals(health)) {
        health = now;
        readers.forEach(reader -> reader.state("health", healthEvent()));
      }
    }

    private String revisionEvent() {
      return Subscriber.event("revision", 0, Json.object().put("revision", revision));
    }

    private String healthEvent() {
      return Subscriber.event("health", 0, Json.read(health).orElseGet(Json::object));
    }

    /** Whose token or session is over. */
    private void farewell() {
      Predicate<Operator> good;
      try {
        good = logins.stillGood();
      } catch (StoreUnavailableException _) {
        return; // nothing is said against them
      }
      for (Subscriber reader : readers) {
        if (!good.test(reader.operator())) {
          reader.state("over", Subscriber.event("over", 0, Json.object()));
          reader.end();
        }
      }
    }
  }
}
