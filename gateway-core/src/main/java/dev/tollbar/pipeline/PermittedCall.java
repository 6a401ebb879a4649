package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.consent.Answered;
import dev.tollbar.policy.ConfiguredRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call that may be forwarded: decided, consented to and metered. Only {@link MeterStage} makes
 * one, and only this type can be forwarded.
 */
final class PermittedCall {
  private final Routed routed;
  private final Optional<Call> call;
  private final List<ConfiguredRule> resultRules;
  private final List<Reservation> reservations;
  private final Optional<Answered.Approved> approved;
  private final AtomicBoolean settled = new AtomicBoolean();

  /** The key is {@link MeterStage}'s own: nobody else can call this. */
  PermittedCall(MeterStage.Key key, Consented consented, List<Reservation> reservations) {
    key.check();
    this.routed = consented.decided().routed();
    this.call = consented.decided().call();
    this.resultRules = readers(consented.decided().decision().rules());
    this.approved = consented.approved();
    this.reservations = reservations;
  }

  /** Nearly always none, so nothing is made for them. */
  private static List<ConfiguredRule> readers(List<ConfiguredRule> rules) {
    List<ConfiguredRule> readers = List.of();
    for (ConfiguredRule rule : rules) {
      if (rule.rule().readsResults()) {
        readers = readers.isEmpty() ? new ArrayList<>() : readers;
        readers.add(rule);
      }
    }
    return readers;
  }

  Routed routed() {
    return routed;
  }

  Optional<Call> call() {
    return call;
  }

  /** The approvals that the call used up. */
  Optional<Answered.Approved> approved() {
    return approved;
  }

  /** The rules that judge the result too. */
  List<ConfiguredRule> resultRules() {
    return resultRules;
  }

  /** Settles every reservation. True the first time, and only then is anything done. */
  boolean settle(Outcome outcome) {
    if (!settled.compareAndSet(false, true)) {
      return false;
    }
    Metering.settle(reservations, outcome);
    return true;
  }
}
