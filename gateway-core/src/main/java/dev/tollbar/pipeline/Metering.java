package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
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
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a call took of every limit: all or none (policy language, section 4, step 4). A shadow limit
 * that is used up is recorded and refuses nothing.
 *
 * @param reservations what holds; none after a refusal
 */
public record Metering(List<Reservation> reservations, Optional<Denial> refusal) {
  private static final Logger LOG = LoggerFactory.getLogger(Metering.class);

  /**
   * Takes what a call uses up of these rules, in order.
   *
   * @param said is told of every refusal
   */
  public static Metering take(
      RuleWatch watch, List<ConfiguredRule> rules, Call call, Consumer<RuleVerdict> said) {
    List<Reservation> taken = new ArrayList<>();
    for (ConfiguredRule rule : rules) {
      Reservation reservation = reserve(watch, rule, call);
      Optional<Verdict.Deny> refusal = reservation.refusal();
      if (refusal.isEmpty()) {
        taken.add(reservation);
        continue;
      }
      said.accept(new RuleVerdict(rule, refusal.get()));
      if (!rule.shadow()) {
        settle(taken, new Outcome.NotDelivered());
        return new Metering(List.of(), Optional.of(Policy.denial(rule, refusal.get())));
      }
    }
    return new Metering(taken, Optional.empty());
  }

  /** Settles every reservation. Once. */
  public void settle(Outcome outcome) {
    settle(reservations, outcome);
  }

  static void settle(List<Reservation> reservations, Outcome outcome) {
    for (Reservation reservation : reservations) {
      try {
        reservation.settle(outcome);
      } catch (Throwable e) { // one plugin's fault must not keep the others from settling
        LOG.error("a reservation could not be settled", e);
      }
    }
  }

  private static Reservation reserve(RuleWatch watch, ConfiguredRule rule, Call call) {
    try {
      @Nullable Reservation reservation = watch.bounded(() -> rule.rule().reserve(call));
      return reservation == null
          ? Reservation.refused(RuleWatch.failed(rule, "made no reservation"))
          : reservation;
    } catch (StoreUnavailableException e) {
      LOG.warn("{}: {}", rule.pointer(), e.getMessage());
      return Reservation.refused(RuleWatch.unavailable());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reservation.refused(RuleWatch.failed(rule, "was interrupted"));
    } catch (Throwable e) { // plugins are strangers: a missing class must deny as well
      LOG.warn("the {} rule at {} failed", rule.kind(), rule.pointer(), e);
      return Reservation.refused(RuleWatch.failed(rule, "made no reservation"));
    }
  }
}
