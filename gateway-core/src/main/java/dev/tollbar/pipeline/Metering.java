package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
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
import java.util.concurrent.atomic.AtomicReference;
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
    List<Reservation> taken = new ArrayList<>();
    for (ConfiguredRule rule : rules) {
      Reserved reserved = reserve(rule, call);
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

  private Reserved reserve(ConfiguredRule rule, Call call) {
    AtomicReference<@Nullable Reservation> made = new AtomicReference<>();
    Verdict.Deny denial;
    try {
      @Nullable Reserved reserved =
          watch.bounded(
              rule,
              () -> {
                made.set(rule.rule().reserve(call));
                @Nullable Reservation reservation = made.get();
                return reservation == null
                    ? null
                    : new Reserved(reservation, Objects.requireNonNull(reservation.refusal()));
              });
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
    Optional.ofNullable(made.get())
        .ifPresent(late -> settle(List.of(late), new Outcome.NotDelivered()));
    return new Reserved(Reservation.NOTHING, Optional.of(denial));
  }

  /** A reservation, and why it was refused if it was. */
  private record Reserved(Reservation reservation, Optional<Verdict.Deny> refusal) {}
}
