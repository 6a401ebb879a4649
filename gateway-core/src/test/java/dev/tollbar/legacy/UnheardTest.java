package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.EventStream.Event;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a server says before its client listens is kept, within bounds. */
class UnheardTest {
  private final Unheard unheard = new Unheard("tickets");

  private static Event event(String json) {
    return new Event(
        ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8),
        json.getBytes(StandardCharsets.UTF_8));
  }

  private static Event said(int number) {
    return event("{\"method\":\"notifications/message\",\"params\":{\"n\":" + number + "}}");
  }

  private static Event asked(int number) {
    return event("{\"id\":" + number + ",\"method\":\"roots/list\"}");
  }

  private static String text(Optional<Event> event) {
    return new String(event.orElseThrow().data(), StandardCharsets.UTF_8);
  }

  private static String text(Event event) {
    return text(Optional.of(event));
  }

  @Test
  void keepsTheOrder() throws Exception {
    unheard.add(said(1));
    unheard.add(said(2));
    Unheard.Listener listener = unheard.listen();
    unheard.add(said(3));

    assertThat(text(listener.next())).isEqualTo(text(said(1)));
    assertThat(text(listener.next())).isEqualTo(text(said(2)));
    assertThat(text(listener.next())).isEqualTo(text(said(3)));
  }

  @Test
  void dropsTheOldestWhileNobodyListens() throws Exception {
    for (int i = 0; i <= Unheard.MOST_EVENTS; i++) {
      unheard.add(said(i));
    }

    assertThat(text(unheard.listen().next())).isEqualTo(text(said(1)));
  }

  @Test
  void keepsNoMoreBytesThanItMay() throws Exception {
    Event half = event("\"" + "x".repeat(Unheard.MOST_BYTES / 2) + "\"");
    unheard.add(said(1));
    unheard.add(half);
    unheard.add(half);

    Unheard.Listener listener = unheard.listen();
    assertThat(text(listener.next())).isEqualTo(text(half));
    unheard.add(said(2));
    assertThat(text(listener.next())).isEqualTo(text(said(2)));
  }

  @Test
  void keepsOneEventHoweverLarge() throws Exception {
    Event large = event("\"" + "x".repeat(2 * Unheard.MOST_BYTES) + "\"");
    unheard.add(said(1));
    unheard.add(large);

    assertThat(text(unheard.listen().next())).isEqualTo(text(large));
  }

  @Test
  void holdsTheServerUpWhileTheClientHasTooMuchToRead() throws Exception {
    Unheard.Listener listener = unheard.listen();
    for (int i = 0; i < Unheard.MOST_EVENTS; i++) {
      unheard.add(said(i));
    }
    Thread server =
        Thread.ofPlatform()
            .start(() -> {
              try {
                unheard.add(said(Unheard.MOST_EVENTS));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    while (server.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    for (int i = 0; i <= Unheard.MOST_EVENTS; i++) {
      assertThat(text(listener.next())).isEqualTo(text(said(i)));
    }
    server.join();
  }

  @Test
  void aListenerEndsWithTheNextOneAndWithTheSession() throws Exception {
    Unheard.Listener first = unheard.listen();
    assertThat(unheard.listenIfNobodyDoes()).isEmpty();
    Unheard.Listener second = unheard.listen();
    unheard.add(said(1));

    assertThat(first.next()).isEmpty();
    first.close();
    assertThat(unheard.listening()).isTrue();
    assertThat(text(second.next())).isEqualTo(text(said(1)));

    unheard.end();
    assertThat(second.next()).isEmpty();
    assertThat(unheard.listen().next()).isEmpty();
    assertThat(unheard.listening()).isFalse();
  }

  @Test
  void whatIsGivenBackComesFirst() throws Exception {
    unheard.add(said(1));
    unheard.add(said(2));
    Unheard.Listener leaving = unheard.listen();
    Event taken = leaving.next().orElseThrow();
    leaving.close();
    unheard.giveBack(taken);

    assertThat(text(unheard.listen().next())).isEqualTo(text(said(1)));
  }

  @Test
  void givesRequestsToOthersOnlyWhileNobodyListens() throws Exception {
    unheard.add(said(1));
    unheard.add(asked(2));
    assertThat(unheard.hasRequest()).isTrue();
    Unheard.Listener listener = unheard.listen();
    assertThat(unheard.hasRequest()).isFalse();
    assertThat(unheard.takeRequest()).isEmpty();
    listener.close();

    assertThat(text(unheard.takeRequest())).isEqualTo(text(asked(2)));
    assertThat(unheard.takeRequest()).isEmpty();
    assertThat(text(unheard.listen().next())).isEqualTo(text(said(1)));
  }

  @Test
  void forgetsTheRequestsOfAServerThatIsGone() throws Exception {
    unheard.add(asked(1));
    unheard.add(said(2));

    unheard.forgetRequests();

    assertThat(text(unheard.listen().next())).isEqualTo(text(said(2)));
  }

  @Test
  void keepsNoComments() throws Exception {
    unheard.add(new Event(":\n\n".getBytes(StandardCharsets.UTF_8), new byte[0]));
    unheard.add(said(1));

    assertThat(text(unheard.listen().next())).isEqualTo(text(said(1)));
  }
}
