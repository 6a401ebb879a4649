package dev.tollbar.rule.script;

import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * How the script of one rule has behaved. One whose calls have to be stopped again and again, or
 * cannot be stopped, is put in quarantine: its rule denies, and other scripts keep their workers.
 * Used by many threads at once.
 */
final class Conduct {
  static final int MOST_RUNAWAYS = 5;
  static final Duration WITHIN = Duration.ofMinutes(1);
  static final Duration LASTS = Duration.ofMinutes(5);
  private static final Duration END_WITHIN = Duration.ofSeconds(1);

  private final String place;
  private final InstantSource clock;
  private final Logger logger;
  private final Deque<Instant> runaways = new ArrayDeque<>(); // guarded by this
  private int ending; // guarded by this
  private @Nullable Quarantine quarantine; // guarded by this

  /** Whether there is anything to look at: the only thing that a call of a good script reads. */
  private volatile boolean troubled;

  /** When it ends (never, if absent), and why it is, as one line. */
  private record Quarantine(Optional<Instant> until, String why) {
    boolean over(Instant now) {
      return until.isPresent() && !now.isBefore(until.get());
    }

    String text() {
      return "in quarantine until "
          + until
              .map(end -> end.truncatedTo(ChronoUnit.SECONDS).toString())
              .orElse("the document is changed or the gateway is started anew")
          + ": "
          + why;
    }
  }

  /**
   * The conduct of a new rule.
   *
   * @param place where the rule stands, for the log
   */
  Conduct(String place, InstantSource clock, Logger logger) {
    this.place = place;
    this.clock = clock;
    this.logger = logger;
  }

  /**
   * Lets a call in. Waits a little while an earlier one, stopped, still ends: a script that cannot
   * be stopped must not take every worker before that is known.
   *
   * @throws ScriptFailure in quarantine
   */
  void admit() throws ScriptFailure, InterruptedException {
    if (troubled) {
      admitTroubled();
    }
  }

  private synchronized void admitTroubled() throws ScriptFailure, InterruptedException {
    refuse();
    long deadline = System.nanoTime() + END_WITHIN.toNanos();
    while (ending > 0) {
      long rest = deadline - System.nanoTime();
      if (rest <= 0) {
        throw new ScriptFailure(
            Kind.BUSY, "an earlier call of this script was stopped and has not ended yet");
      }
      TimeUnit.NANOSECONDS.timedWait(this, rest);
      refuse();
    }
  }

  private void refuse() throws ScriptFailure {
    Optional<String> why = outage();
    if (why.isPresent()) {
      throw new ScriptFailure(Kind.QUARANTINED, why.get());
    }
  }

  /** Why the rule decides nothing at present; empty while it does. */
  synchronized Optional<String> outage() {
    Quarantine current = quarantine;
    if (current != null && current.over(clock.instant())) {
      quarantine = null;
      troubled = ending > 0;
      logger.info("{}: the script is out of quarantine", place);
      return Optional.empty();
    }
    return Optional.ofNullable(current).map(Quarantine::text);
  }

  /** A call was stopped for what it used up, or used up its statements. */
  synchronized void ranAway(String detail) {
    Instant now = clock.instant();
    runaways.addLast(now);
    while (!runaways.isEmpty() && runaways.getFirst().isBefore(now.minus(WITHIN))) {
      runaways.removeFirst();
    }
    if (runaways.size() >= MOST_RUNAWAYS && quarantine == null) {
      runaways.clear();
      enter(
          new Quarantine(
              Optional.of(now.plus(LASTS)),
              MOST_RUNAWAYS
                  + " calls within "
                  + Durations.format(WITHIN)
                  + " had to be stopped; the last "
                  + detail));
    }
  }

  /** A call was stopped; its worker looks for its own end. */
  synchronized void stopped() {
    ending++;
    troubled = true;
  }

  /** The worker of a stopped call has ended. */
  synchronized void ended() {
    ending--;
    troubled = ending > 0 || quarantine != null;
    notifyAll();
  }

  /** The worker of a stopped call does not end. */
  synchronized void stuck() {
    ending--;
    enter(
        new Quarantine(
            Optional.empty(), "a call could not be stopped, and keeps a processor busy"));
    notifyAll();
  }

  private void enter(Quarantine entered) {
    quarantine = entered;
    troubled = true;
    logger.error("{}: the script is {}", place, entered.text());
  }
}
