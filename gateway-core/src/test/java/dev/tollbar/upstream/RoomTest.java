package dev.tollbar.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.upstream.Room.FullException;
import dev.tollbar.upstream.Room.Place;
import dev.tollbar.upstream.Room.Terms;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RoomTest {
  /** Only a test that fails waits so long. */
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void letsSoManyInAndNoMore() throws Exception {
    Room room = new Room(Terms.atOnce(2));

    room.enter();
    room.enter();

    assertThatThrownBy(room::enter).isInstanceOf(FullException.class);
    assertThat(room.calls()).isEqualTo(2);
  }

  @Test
  void hasRoomAgainAtOnceWhenOneLeaves() throws Exception {
    Room room = new Room(Terms.atOnce(1));

    room.enter().close();

    assertThat(room.calls()).isZero();
    room.enter();
  }

  @Test
  void countsWhoLeavesTwiceOnce() throws Exception {
    Room room = new Room(Terms.atOnce(1));
    Place place = room.enter();
    place.close();
    place.close();

    room.enter();

    assertThatThrownBy(room::enter).isInstanceOf(FullException.class);
  }

  @Test
  void letsAFewWaitForAPlace() throws Exception {
    Room room = new Room(new Terms(1, 1, LONG));
    Place first = room.enter();
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Place> waiting = others.submit(room::enter);
      awaitWaiting(room, 1);

      assertThatThrownBy(room::enter).isInstanceOf(FullException.class);
      first.close();

      waiting.get().close();
    }
    assertThat(room.waiting()).isZero();
    assertThat(room.calls()).isZero();
  }

  @Test
  void letsNobodyWaitForEver() throws Exception {
    Room room = new Room(new Terms(1, 1, Duration.ofMillis(1)));
    room.enter();

    assertThatThrownBy(room::enter).isInstanceOf(FullException.class);

    assertThat(room.waiting()).isZero();
  }

  @Test
  void forgetsWhoIsInterruptedWhileItWaits() throws Exception {
    Room room = new Room(new Terms(1, 1, LONG));
    room.enter();
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Place> waiting = others.submit(room::enter);
      awaitWaiting(room, 1);

      waiting.cancel(true);

      awaitWaiting(room, 0);
    }
  }

  @Test
  void becomesLargerAndSmaller() throws Exception {
    Room room = new Room(Terms.atOnce(1));
    Place first = room.enter();
    room.adjust(Terms.atOnce(2));
    Place second = room.enter();

    room.adjust(Terms.atOnce(1));
    first.close();

    assertThatThrownBy(room::enter).isInstanceOf(FullException.class);
    second.close();
    room.enter();
  }

  private static void awaitWaiting(Room room, int number) {
    long end = System.nanoTime() + LONG.toNanos();
    while (room.waiting() != number) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.onSpinWait();
    }
  }
}
