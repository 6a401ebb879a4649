package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what calls use up of every limit: all or none. For the gateway's own calls and for those
 * that are tried. Safe for use by many threads.
 */
public final class Metering {
  private static final Logger LOG = LoggerFactory.getLogger(Metering.class);

  private final RuleWatch watch;

  /** Who keeps what the rules say here. */
  public interface Notes {

    /** What a rule took. */
    void used(ConfiguredRule rule, List<LimitUsage> usage);

    /** What a rule says, which has nothing left to take. */
    void verdict(RuleVerdict said);

    /** Whether a rule has denied already; one that does so again in shadow has said nothing new. */
    boolean hasDenied(ConfiguredRule rule);
  }

  /** What came of it. */
  public sealed interface Result {}

  /** Everything was taken, and is to be {@linkplain #settle settled}. */
  public record Taken(List<Reservation> reservations) implements Result {
    public Taken {
      reservations = List.copyOf(reservations);
    }
  }

  /** Nothing is left taken. */
  public record Refused(Denial denial) implements Result {}

  public Metering(RuleWatch watch) {
    this.watch = watch;
  }

  /** Lets every rule take what it takes for a call. */
  public Result take(List<ConfiguredRule> rules, Call call, Notes notes) {
    try (RuleWatch.Turn turn = watch.turn()) {
      return take(rules, call, notes, turn);
    }
  }

  private static Result take(
      List<ConfiguredRule> rules, Call call, Notes notes, RuleWatch.Turn turn) {
    List<Reservation> taken = new ArrayList<>(0);
    for (ConfiguredRule rule : rules) {
      Reserved reserved = reserve(rule, call, turn);
      Optional<Verdict.Deny> refusal = reserved.refusal();
      if (refusal.isEmpty()) {
        taken.add(reserved.reservation());
        notes.used(rule, usage(rule, reserved.reservation()));
        continue;
      }
      if (!rule.shadow() || !notes.hasDenied(rule)) {
        notes.verdict(new RuleVerdict(rule, refusal.get()));
      }
      if (!rule.shadow()) {
        settle(taken, new Outcome.NotDelivered());
        return new Refused(Policy.denial(rule, refusal.get()));
      }
    }
    return new Taken(taken);
  }

  /** Keeps what was taken or gives it back, by what became of the call. */
  public static void settle(List<Reservation> reservations, Outcome outcome) {
    for (Reservation reservation : reservations) {
      try {
        reservation.settle(outcome);
      } catch (Throwable e) { // one plugin's fault must not keep the others from settling
        LOG.error("a reservation could not be settled", e);
      }
    }
  }

  /** A record tells less where a plugin fails here; the call was counted all the same. */
  private static List<LimitUsage> usage(ConfiguredRule rule, Reservation reservation) {
    try {
      return List.copyOf(reservation.usage());
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("the {} rule at {} does not say what is left", rule.kind(), rule.pointer(), e);
      return List.of();
    }
  }

  private static Reserved reserve(ConfiguredRule rule, Call call, RuleWatch.Turn turn) {
    Reserving reserving = new Reserving(rule.rule(), call);
    Verdict.Deny denial;
    try {
      @Nullable Reserved reserved = turn.bounded(rule, reserving);
      if (reserved != null) {
        return reserved;
      }
      denial = RuleWatch.failed(rule, "made no reservation");
    } catch (StoreUnavailableException e) {
      LOG.warn("{}: {}", rule.pointer(), e.getMessage());
      denial = RuleWatch.unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      denial = RuleWatch.failed(rule, "was interrupted");
    } catch (Throwable e) { // plugins are strangers: a missing class must deny as well
      LOG.warn("the {} rule at {} failed", rule.kind(), rule.pointer(), e);
      denial = RuleWatch.failed(rule, "made no reservation");
    }
    // One that came too late has taken all the same, and nobody else would settle it.
    @Nullable Reservation late = reserving.made;
    if (late != null) {
      settle(List.of(late), new Outcome.NotDelivered());
    }
    return new Reserved(Reservation.NOTHING, Optional.of(denial));
  }

  /** A rule that takes what a call uses up, on whatever thread. */
  private static final class Reserving implements Callable<@Nullable Reserved> {
    private final Rule rule;
    private final Call call;
    private volatile @Nullable Reservation made;

    Reserving(Rule rule, Call call) {
      this.rule = rule;
      this.call = call;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very one
    public @Nullable Reserved call() throws InterruptedException {
      @Nullable Reservation reservation = rule.reserve(call);
      made = reservation;
      if (reservation == null) {
        return null;
      }
      return reservation == Reservation.NOTHING
          ? Reserved.NOTHING
          : new Reserved(reservation, Objects.requireNonNull(reservation.refusal()));
    }
  }

  /** A reservation, and why it was refused if it was. */
  private record Reserved(Reservation reservation, Optional<Verdict.Deny> refusal) {
    private static final Reserved NOTHING = new Reserved(Reservation.NOTHING, Optional.empty());
  }
}
