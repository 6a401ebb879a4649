package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.policy.Decision;
import java.util.List;
import java.util.Optional;

/** Takes what the call uses up of every limit: all or none (policy language, section 4, step 4). */
final class MeterStage {
  private final RuleWatch watch;
  private final Key key = new Key();

  MeterStage(RuleWatch watch) {
    this.watch = watch;
  }

  PermittedCall meter(Consented consented, Trail trail) throws Denied {
    Optional<Call> call = consented.decided().call();
    Metering metering =
        call.isPresent()
            ? Metering.take(
                watch, consented.decided().decision().rules(), call.get(), trail::verdict)
            : new Metering(List.of(), Optional.empty());
    if (metering.refusal().isPresent()) {
      throw new Denied(metering.refusal().get());
    }
    return new PermittedCall(key, consented, metering.reservations());
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
