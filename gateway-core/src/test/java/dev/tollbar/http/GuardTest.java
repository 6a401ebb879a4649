package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.http.Guard.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is let in, and who is cut. */
class GuardTest {
  private final List<Reason> told = new ArrayList<>();

  /** One that no test outlasts. */
  static Guard patient() {
    return new Guard(GuardTest::patientTerms, _ -> {});
  }

  static ConnectionTerms patientTerms() {
    Duration hour = Duration.ofHours(1);
    return new ConnectionTerms(1_000, 0, hour, hour, hour, hour, 1_000_000);
  }

  private Guard guard(int connections, int perAddress, long bodies) {
    Duration hour = Duration.ofHours(1);
    return new Guard(
        () -> new ConnectionTerms(connections, perAddress, hour, hour, hour, hour, bodies),
        told::add,
        System::nanoTime);
  }

  /** A connection that may be late. */
  private static final class Fake implements Guard.Watched {
    private final Optional<Source> from;
    private Optional<Reason> late = Optional.empty();
    private int cuts;

    Fake(String address) throws Exception {
      from = Source.of(new InetSocketAddress(InetAddress.getByName(address), 4711));
    }

    @Override
    public Optional<Source> source() {
      return from;
    }

    @Override
    public Optional<Reason> overdue() {
      return late;
    }

    @Override
    public boolean cut() {
      return ++cuts == 1;
    }
  }

  @Test
  void letsSoManyInAndOthersWhenSomeHaveLeft() throws Exception {
    try (Guard guard = guard(2, 0, 0)) {
      Fake first = new Fake("192.0.2.1");
      assertThat(guard.enter(first)).isEmpty();
      assertThat(guard.enter(new Fake("192.0.2.2"))).isEmpty();

      assertThat(guard.enter(new Fake("192.0.2.3"))).contains(Reason.TOO_MANY);
      guard.leave(first);
      assertThat(guard.enter(new Fake("192.0.2.3"))).isEmpty();

      assertThat(guard.connections()).isEqualTo(2);
      assertThat(told).containsExactly(Reason.TOO_MANY);
    }
  }

  @Test
  void letsOneAddressHaveItsShare() throws Exception {
    try (Guard guard = guard(100, 1, 0)) {
      Fake first = new Fake("192.0.2.1");
      assertThat(guard.enter(first)).isEmpty();

      assertThat(guard.enter(new Fake("192.0.2.1"))).contains(Reason.TOO_MANY_FROM_ADDRESS);
      assertThat(guard.enter(new Fake("192.0.2.2"))).isEmpty();
      guard.leave(first);
      assertThat(guard.enter(new Fake("192.0.2.1"))).isEmpty();

      assertThat(guard.connections()).isEqualTo(2);
      assertThat(told).containsExactly(Reason.TOO_MANY_FROM_ADDRESS);
    }
  }

  @Test
  void takesTheNetworkOfASubscriberForOneAddress() throws Exception {
    try (Guard guard = guard(100, 1, 0)) {
      assertThat(guard.enter(new Fake("2001:db8:1:2::1"))).isEmpty();

      assertThat(guard.enter(new Fake("2001:db8:1:2:ffff::9")))
          .contains(Reason.TOO_MANY_FROM_ADDRESS);
      assertThat(guard.enter(new Fake("2001:db8:1:3::1"))).isEmpty();
    }
  }

  @Test
  void doesNotCountWhatComesFromThisMachine() throws Exception {
    try (Guard guard = guard(100, 1, 0)) {
      assertThat(guard.enter(new Fake("127.0.0.1"))).isEmpty();
      assertThat(guard.enter(new Fake("127.0.0.1"))).isEmpty();
      assertThat(guard.enter(new Fake("::1"))).isEmpty();
      assertThat(guard.enter(new Fake("::1"))).isEmpty();
    }
  }

  @Test
  void countsNoAddressesWhereThatIsSwitchedOff() throws Exception {
    try (Guard guard = guard(100, 0, 0)) {
      assertThat(guard.enter(new Fake("192.0.2.1"))).isEmpty();
      assertThat(guard.enter(new Fake("192.0.2.1"))).isEmpty();
    }
  }

  @Test
  void cutsWhatIsLateAndSaysSoOnce() throws Exception {
    try (Guard guard = guard(100, 0, 0)) {
      Fake late = new Fake("192.0.2.1");
      Fake punctual = new Fake("192.0.2.1");
      guard.enter(late);
      guard.enter(punctual);
      late.late = Optional.of(Reason.LATE_BODY);

      guard.look();
      guard.look();

      assertThat(late.cuts).isPositive();
      assertThat(punctual.cuts).isZero();
      assertThat(told).containsExactly(Reason.LATE_BODY);
    }
  }

  @Test
  void holdsNoMoreBytesOfBodiesThanItMay() {
    try (Guard guard = guard(100, 0, 1_000)) {
      assertThat(guard.take(600)).isTrue();

      assertThat(guard.take(600)).isFalse();
      assertThat(guard.take(400)).isTrue();
      guard.giveBack(600);
      assertThat(guard.take(600)).isTrue();

      assertThat(guard.bodies()).isEqualTo(1_000);
      assertThat(told).containsExactly(Reason.TOO_MANY_BYTES);
    }
  }
}
