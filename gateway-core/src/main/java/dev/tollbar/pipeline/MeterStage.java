package dev.tollbar.pipeline;

import dev.tollbar.policy.Decision;
import java.util.List;
import java.util.Optional;

/** Takes what the call uses up of every limit: all or none (policy language, section 4, step 4). */
final class MeterStage {
  private final Metering metering;
  private final Key key = new Key();

  MeterStage(RuleWatch watch) {
    this.metering = new Metering(watch);
  }

  PermittedCall meter(Consented consented, Trail trail) throws Denied {
    Decided decided = consented.decided();
    if (decided.call().isEmpty()) {
      return new PermittedCall(key, consented, List.of());
    }
    return switch (metering.take(decided.decision().rules(), decided.call().get(), trail)) {
      case Metering.Taken taken -> new PermittedCall(key, consented, taken.reservations());
      case Metering.Refused refused -> throw new Denied(refused.denial());
    };
  }

  /** Of messages that no rule judges: notifications, and answers to what the server asked. */
  PermittedCall unmetered(Routed routed) {
    Decision.Permitted unjudged = new Decision.Permitted(List.of(), List.of(), List.of());
    Decided decided = new Decided(routed, Optional.empty(), unjudged);
    return new PermittedCall(key, new Consented(decided, Optional.empty()), List.of());
  }

  /** Opens {@link PermittedCall}'s constructor; only this class can make one. */
  static final class Key {
    private Key() {}

    void check() {}
  }
}
