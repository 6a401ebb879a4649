package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.http.AdminReply;
import dev.tollbar.http.AdminRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class LiveFeedTest extends ConsoleFixture {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int ENOUGH = 30;

  /** One who listens, and may be slow. */
  private static final class Listener {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final List<String> events = new ArrayList<>();
    private final CountDownLatch mayRead;
    private final Thread thread;

    Listener(AdminReply reply, CountDownLatch mayRead) {
      this.mayRead = mayRead;
      this.thread = Thread.ofVirtual().start(() -> listen((AdminReply.Events) reply));
    }

    private void listen(AdminReply.Events stream) {
      try {
        stream.source().run(this::take);
      } catch (IOException | InterruptedException e) {
        take("event: failed\ndata: \"" + e + "\"\n\n");
      }
    }

    private void take(String text) {
      lock.lock();
      try {
        events.addAll(List.of(text.split("(?<=\n\n)")));
        news.signalAll();
      } finally {
        lock.unlock();
      }
      try {
        mayRead.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits until what it heard is enough. */
    List<String> heard(Predicate<List<String>> enough) throws InterruptedException {
      long left = TimeUnit.SECONDS.toNanos(ENOUGH);
      lock.lock();
      try {
        while (!enough.test(events) && left > 0) {
          left = news.awaitNanos(left);
        }
        assertThat(enough.test(events)).as(events.toString()).isTrue();
        return List.copyOf(events);
      } finally {
        lock.unlock();
      }
    }

    void waitForLines(int count) throws InterruptedException {
      heard(all -> told(all) + missed(all) >= count);
    }
  }

  private static long told(List<String> events) {
    return events.stream().filter(it -> it.contains("event: decision\n")).count();
  }

  private static long missed(List<String> events) {
    return events.stream()
        .filter(it -> it.contains("event: missed\n"))
        .mapToLong(it -> data(it).path("lines").asLong())
        .sum();
  }

  private static JsonNode data(String event) {
    try {
      return JSON.readTree(event.substring(event.indexOf("data: ") + "data: ".length()));
    } catch (IOException e) {
      throw new AssertionError(event, e);
    }
  }

  private Listener listen(String token, String last, CountDownLatch mayRead) {
    Map<String, String> headers = new HashMap<>(bearer(token));
    if (!last.isEmpty()) {
      headers.put("last-event-id", last);
    }
    return new Listener(
        console.handle(
            new AdminRequest("GET", "/api/v1/events", Map.of(), headers, new byte[0], "127.0.0.1")),
        mayRead);
  }

  private Listener listen(String token) {
    return listen(token, "", new CountDownLatch(0));
  }

  private void decide(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      log.append(DecisionRecord.at(now).tool("t").permit().build());
    }
  }

  private static boolean isGreeted(List<String> events) {
    return events.stream().anyMatch(it -> it.startsWith("event: health"));
  }

  @Test
  void fiftyReadersHearEveryDecisionOnceAndInOrder() throws Exception {
    String token = token(Role.VIEWER);
    List<Listener> readers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      readers.add(listen(token));
    }
    for (Listener reader : readers) {
      reader.heard(LiveFeedTest::isGreeted);
    }
    decide(400);
    ask("ap_1", 1);

    for (Listener reader : readers) {
      reader.waitForLines(400);
      List<String> events =
          reader.heard(all -> all.stream().anyMatch(it -> it.startsWith("event: approval")));
      assertThat(missed(events)).isZero();
      assertThat(
              events.stream()
                  .filter(it -> it.contains("event: decision\n"))
                  .map(it -> data(it).path("seq").asInt()))
          .hasSize(400)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(events.stream().filter(it -> it.startsWith("event: approval"))).hasSize(1);
    }
  }

  @Test
  void aReaderThatIsTooSlowIsToldHowMuchItMissedAndHoldsUpNobody() throws Exception {
    String token = token(Role.VIEWER);
    CountDownLatch mayRead = new CountDownLatch(1);
    Listener slow = listen(token, "", mayRead);
    slow.heard(all -> !all.isEmpty());
    Listener fast = listen(token);
    fast.heard(LiveFeedTest::isGreeted);
    for (int round = 1; round <= 4; round++) {
      decide(400);
      fast.waitForLines(400 * round);
    }

    mayRead.countDown();
    slow.waitForLines(1_600);
    List<String> heard = slow.heard(_ -> true);
    assertThat(missed(fast.heard(_ -> true))).isZero();
    assertThat(told(heard)).isEqualTo(Subscriber.MOST_WAITING);
    assertThat(heard).contains("id: 1600\nevent: missed\ndata: {\"lines\":600}\n\n");
    decide(1);
    slow.waitForLines(1_601);
  }

  @Test
  void whatComesTooFastForAnybodyIsCounted() throws Exception {
    Listener reader = listen(token(Role.VIEWER));
    reader.heard(LiveFeedTest::isGreeted);

    decide(5_000);
    reader.waitForLines(5_000);

    List<String> heard = reader.heard(_ -> true);
    assertThat(told(heard) + missed(heard)).isEqualTo(5_000);
  }

  @Test
  void whoComesBackHearsWhatItMissedAndGoesOnWithoutAGap() throws Exception {
    String token = token(Role.VIEWER);
    decide(1_500);
    DecisionPages pages = new DecisionPages(data);
    while (pages.newest() < 1_500) {
      Thread.onSpinWait(); // until the log's own thread has written them
    }
    Listener other = listen(token);
    other.heard(LiveFeedTest::isGreeted);

    Listener recent = listen(token, "1490", new CountDownLatch(0));
    Listener old = listen(token, "100", new CountDownLatch(0));
    Listener future = listen(token, "99999", new CountDownLatch(0));
    for (Listener reader : List.of(recent, old, future)) {
      reader.heard(LiveFeedTest::isGreeted);
    }
    decide(5);

    recent.waitForLines(15);
    assertThat(missed(recent.heard(_ -> true))).isZero();
    old.waitForLines(1_405);
    assertThat(old.heard(_ -> true)).contains("id: 500\nevent: missed\ndata: {\"lines\":400}\n\n");
    future.waitForLines(5);
    assertThat(told(future.heard(_ -> true))).isEqualTo(5);
  }

  @Test
  void oneTooManyIsRefused() throws Exception {
    String token = token(Role.VIEWER);
    for (int i = 0; i < LiveFeed.MOST_READERS; i++) {
      listen(token).heard(all -> !all.isEmpty());
    }

    Reply refused = send("GET", "/api/v1/events", bearer(token), "");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.json().toString())
        .isEqualTo(
            "{\"type\":\"urn:tollbar:problem:too_many_readers\",\"title\":\"Unavailable\",\"status\":503,"
                + "\"detail\":\"64 readers of events are there already.\",\"code\":\"too_many_readers\"}");
  }

  @Test
  void everyStreamEndsWithTheConsole() throws Exception {
    Listener reader = listen(token(Role.VIEWER));
    reader.heard(LiveFeedTest::isGreeted);

    console.close();

    assertThat(reader.thread.join(java.time.Duration.ofSeconds(ENOUGH))).isTrue();
  }
}
