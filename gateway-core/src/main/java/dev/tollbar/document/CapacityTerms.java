package dev.tollbar.document;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much the gateway takes on: {@code capacity} of a version 2 document.
 *
 * @param calls how many calls it works on at once
 * @param bodies how many bytes of bodies it holds at once; empty: by the memory it has
 * @param connectionsPerAddress 0 for as many as there may be
 */
public record CapacityTerms(
    @Default("1000")
        @Doc(
            "How many calls the gateway works on at once; not those that wait for a server or a person")
        int calls,
    @Doc(
            "How many bytes of requests are held at once: 500KB, 100MB, 1GB; if left out, a sixteenth of the memory")
        Optional<ByteSize> bodies,
    @Doc(
            "How many connections of clients may be open; if left out, 20000, or three quarters of the files that the system allows")
        Optional<Integer> connections,
    @Default("256")
        @Doc(
            "How many of them from one address that is not of this machine; 0 for as many as may be open")
        int connectionsPerAddress,
    @Default("\"10s\"") @Doc("How long the line and headers of a request may take to arrive")
        Duration headTimeout,
    @Default("\"10s\"")
        @Doc(
            "How long the body of a request may take to arrive; longer where it arrives at 16 KB a second")
        Duration bodyTimeout,
    @Default("\"5m\"") @Doc("How long a connection may wait for its next request")
        Duration idleTimeout,
    @Default("\"30s\"")
        @Doc(
            "How long a client may take to read a part of a reply; longer where it reads 16 KB a second")
        Duration replyTimeout) {

  /** Where a document says nothing. */
  public static final CapacityTerms DEFAULT =
      new CapacityTerms(
          1_000,
          Optional.empty(),
          Optional.empty(),
          256,
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofSeconds(30));

  private static final int MOST = 1_000_000;

  public CapacityTerms {
    List<Problem> problems = new ArrayList<>();
    number("calls", calls, 1, problems);
    connections.ifPresent(most -> number("connections", most, 1, problems));
    number("connections_per_address", connectionsPerAddress, 0, problems);
    time("head_timeout", headTimeout, problems);
    time("body_timeout", bodyTimeout, problems);
    time("idle_timeout", idleTimeout, problems);
    time("reply_timeout", replyTimeout, problems);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  static void number(String key, int value, int least, List<Problem> problems) {
    if (value < least || value > MOST) {
      problems.add(
          new Problem(
              key, "a whole number from " + least + " to " + MOST, Integer.toString(value)));
    }
  }

  private static void time(String key, Duration value, List<Problem> problems) {
    if (value.toMillis() < 100 || value.compareTo(Duration.ofDays(1)) > 0) {
      String found =
          value.toSeconds() == 0
              ? "\"" + value.toMillis() + "ms\""
              : "\"" + value.toSeconds() + "s\"";
      problems.add(new Problem(key, "a duration from 100ms to 1d", found));
    }
  }
}
