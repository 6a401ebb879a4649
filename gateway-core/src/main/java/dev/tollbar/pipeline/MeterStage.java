package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what the call uses up of every limit: all or none (policy language, section 4, step 4). */
final class MeterStage {
  private static final Logger LOG = LoggerFactory.getLogger(MeterStage.class);

  private final RuleWatch watch;
  private final Key key = new Key();

  MeterStage(RuleWatch watch) {
    this.watch = watch;
  }

  PermittedCall meter(Consented consented, Trail trail) throws Denied {
    Optional<Call> call = consented.decided().call();
    List<Reservation> taken = new ArrayList<>();
    if (call.isPresent()) {
      for (ConfiguredRule rule : consented.decided().decision().rules()) {
        Reservation reservation = reserve(rule, call.get());
        Optional<Verdict.Deny> refusal = reservation.refusal();
        if (refusal.isEmpty()) {
          taken.add(reservation);
          trail.used(rule, usage(rule, reservation));
          continue;
        }
        if (!rule.shadow() || !trail.hasDenied(rule)) {
          trail.verdict(new RuleVerdict(rule, refusal.get()));
        }
        if (!rule.shadow()) {
          PermittedCall.settle(taken, new Outcome.NotDelivered());
          throw new Denied(Policy.denial(rule, refusal.get()));
        }
      }
    }
    return new PermittedCall(key, consented, taken);
  }

  /** Of messages that no rule judges: notifications, and answers to what the server asked. */
  PermittedCall unmetered(Routed routed) {
    Decision.Permitted unjudged = new Decision.Permitted(List.of(), List.of(), List.of());
    Decided decided = new Decided(routed, Optional.empty(), unjudged);
    return new PermittedCall(key, new Consented(decided, Optional.empty()), List.of());
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

  private Reservation reserve(ConfiguredRule rule, Call call) {
    try {
      @Nullable Reservation reservation = watch.bounded(rule, () -> rule.rule().reserve(call));
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

  /** Opens {@link PermittedCall}'s constructor; only this class can make one. */
  static final class Key {
    private Key() {}

    void check() {}
  }
}
