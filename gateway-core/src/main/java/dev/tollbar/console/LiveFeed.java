package dev.tollbar.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.http.AdminReply;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who listen what happens: decisions, approvals, revisions, health. Looks at what is
 * stored, so that it also tells what other processes on the same data folder do, and costs nothing
 * while nobody listens. Safe for use by many threads.
 */
public final class LiveFeed implements AutoCloseable {
  private static final int MOST_READERS = 32;
  private static final int MOST_AT_ONCE = 200;

  /** What a reader that comes back has missed is told up to here; it can ask for the rest. */
  private static final int MOST_MISSED = 1_000;

  private static final Duration ROUND = Duration.ofMillis(250);

  /** So many rounds between two looks at approvals, and at health. */
  private static final int APPROVAL_ROUNDS = 2;

  private static final int HEALTH_ROUNDS = 8;
  private static final int COMMENT_ROUNDS = 60;

  private final RecordsApi records;
  private final ApprovalsApi approvals;
  private final GatewayAccess gateway;
  private final Logins logins;
  private final Semaphore readers = new Semaphore(MOST_READERS);
  private final CountDownLatch over = new CountDownLatch(1);

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
    Optional<Long> last =
        call.request()
            .header("last-event-id")
            .filter(id -> id.matches("\\d{1,18}"))
            .map(Long::valueOf);
    if (!readers.tryAcquire()) {
      throw ApiProblem.of(
          503, "too_many_readers", MOST_READERS + " readers of events are there already.");
    }
    return new AdminReply.Events(sink -> {
      try {
        new Reader(sink, call.operator()).run(last);
      } finally {
        readers.release();
      }
    });
  }

  /** Ends all streams. */
  @Override
  public void close() {
    over.countDown();
  }

  /** One who listens. One thread. */
  private final class Reader {
    private final AdminReply.Sink sink;
    private final Operator operator;
    private final Map<String, JsonNode> known = new HashMap<>();
    private String health = "";
    private String revision = "";
    private long seq;

    Reader(AdminReply.Sink sink, Operator operator) {
      this.sink = sink;
      this.operator = operator;
    }

    void run(Optional<Long> last) throws IOException, InterruptedException {
      long newest = records.newest();
      seq =
          last.filter(id -> id <= newest)
              .map(id -> Math.max(id, newest - MOST_MISSED))
              .orElse(newest);
      sink.write("retry: 2000\n: tollbar\n\n");
      for (ObjectNode approval : stored()) {
        known.put(approval.path("id").asText(), approval);
      }
      for (long round = 0; !over.await(0, TimeUnit.MILLISECONDS); round++) {
        decisions();
        if (round % APPROVAL_ROUNDS == 0) {
          approvals();
        }
        if (round % HEALTH_ROUNDS == 0) {
          health();
          if (!stillKnown()) {
            event("over", "", Json.object());
            return;
          }
        }
        if (round % COMMENT_ROUNDS == COMMENT_ROUNDS - 1) {
          sink.write(": \n\n");
        }
        if (over.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }

    private boolean stillKnown() {
      try {
        return logins.isValid(operator);
      } catch (StoreUnavailableException _) {
        return true; // nothing is said against them
      }
    }

    private void decisions() throws IOException {
      for (Map.Entry<Long, ObjectNode> line : records.after(seq, MOST_AT_ONCE)) {
        seq = line.getKey();
        if (line.getValue().has("decision")) {
          event("decision", Long.toString(seq), line.getValue());
        }
      }
    }

    private List<ObjectNode> stored() {
      try {
        return approvals.all();
      } catch (StoreUnavailableException _) {
        return List.of(); // health says so
      }
    }

    private void approvals() throws IOException {
      for (ObjectNode approval : stored()) {
        JsonNode before = known.put(approval.path("id").asText(), approval);
        if (!approval.equals(before)) {
          event("approval", "", approval);
        }
      }
    }

    private void health() throws IOException {
      String inForce = gateway.revision();
      if (!inForce.equals(revision)) {
        revision = inForce;
        event("revision", "", Json.object().put("revision", inForce));
      }
      String now = gateway.health().json();
      if (!now.equals(health)) {
        health = now;
        event("health", "", Json.read(now).orElseGet(Json::object));
      }
    }

    private void event(String name, String id, JsonNode data) throws IOException {
      sink.write(
          (id.isEmpty() ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: " + data + "\n\n");
    }
  }
}
