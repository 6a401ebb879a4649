package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.http.AdminReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Counts decisions by the minute, for the last day, in memory. Counting costs a look-up and an
 * addition; nothing is locked. Safe for use by many threads.
 */
public final class Traffic {
  private static final int MINUTES = 24 * 60;
  private static final long MINUTE = 60;

  /** Servers and grants come from documents; whoever has more is counted together. */
  private static final int MOST_KEYS = 2_000;

  private static final String PERMIT = "";

  /** What is counted apart: the code of a permit is empty. */
  private record Key(String server, String grant, String code) {}

  private static final class Bucket {
    private final long minute;
    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();

    Bucket(long minute) {
      this.minute = minute;
    }
  }

  private final AtomicReferenceArray<Bucket> buckets = new AtomicReferenceArray<>(MINUTES);
  private final InstantSource clock;

  public Traffic(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Counts one.
   *
   * @param server a server that there is, or {@code (unknown)}
   */
  public void count(DecisionRecord record, String server) {
    String code =
        record.decision() == DecisionRecord.Decision.PERMIT ? PERMIT : record.code().orElse("?");
    Bucket bucket = bucket(record.time().getEpochSecond() / MINUTE);
    Key key = new Key(server, record.grant().orElse(""), code);
    LongAdder count = bucket.counts.get(key);
    if (count == null) { // once a minute for each key: to count them is dear, and to put one locks
      Key kept = bucket.counts.size() < MOST_KEYS ? key : new Key("(other)", "(other)", code);
      count = bucket.counts.computeIfAbsent(kept, _ -> new LongAdder());
    }
    count.increment();
  }

  private Bucket bucket(long minute) {
    int index = Math.floorMod(minute, MINUTES);
    while (true) {
      Bucket found = buckets.get(index);
      if (found != null && found.minute >= minute) {
        return found;
      }
      Bucket fresh = new Bucket(minute);
      if (buckets.compareAndSet(index, found, fresh)) {
        return fresh;
      }
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/traffic", Permission.READ, this::show, "minutes", "interval", "server", "grant"));
  }

  private AdminReply show(ApiCall call) throws ApiProblem {
    int minutes = (int) call.number("minutes", 1, MINUTES).orElse(60L).longValue();
    int interval = (int) call.number("interval", 1, MINUTES).orElse(1L).longValue();
    Optional<String> server = call.parameter("server");
    Optional<String> grant = call.parameter("grant");
    Predicate<Key> wanted =
        key ->
            server.map(key.server()::equals).orElse(true)
                && grant.map(key.grant()::equals).orElse(true);
    long last = clock.instant().getEpochSecond() / MINUTE / interval * interval;
    long first = last - (minutes - 1L) / interval * interval;
    ObjectNode json = Json.object();
    json.put("interval_minutes", interval);
    ArrayNode intervals = json.putArray("intervals");
    for (long start = first; start <= last; start += interval) {
      intervals.add(interval(start, interval, wanted));
    }
    return Json.ok(json);
  }

  private ObjectNode interval(long start, int minutes, Predicate<Key> wanted) {
    long permits = 0;
    Map<String, Long> denials = new TreeMap<>();
    for (long minute = start; minute < start + minutes; minute++) {
      Bucket bucket = buckets.get(Math.floorMod(minute, MINUTES));
      if (bucket == null || bucket.minute != minute) {
        continue;
      }
      for (Map.Entry<Key, LongAdder> count : bucket.counts.entrySet()) {
        if (!wanted.test(count.getKey())) {
          continue;
        }
        if (count.getKey().code().equals(PERMIT)) {
          permits += count.getValue().sum();
        } else {
          denials.merge(count.getKey().code(), count.getValue().sum(), Long::sum);
        }
      }
    }
    ObjectNode json = Json.object();
    json.put("at", Instant.ofEpochSecond(start * MINUTE).toString());
    json.put("permit", permits);
    json.put("deny", denials.values().stream().mapToLong(Long::longValue).sum());
    ObjectNode codes = json.putObject("codes");
    denials.forEach(codes::put);
    return json;
  }
}
