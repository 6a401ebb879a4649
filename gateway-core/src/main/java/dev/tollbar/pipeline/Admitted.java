package dev.tollbar.pipeline;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.policy.Policy;
import java.time.Instant;
import java.util.Optional;

/**
 * A client that was let in and stays, as on a stream. Its grant may end, and its policy change,
 * while it is there.
 */
final class Admitted {
  private final AuthenticateStage authenticate;
  private final Live live;
  private final Arrival arrival;
  private final long since = System.nanoTime();

  Admitted(AuthenticateStage authenticate, Live live, Arrival arrival) {
    this.authenticate = authenticate;
    this.live = live;
    this.arrival = arrival;
  }

  /** The policy that is in force for it now; empty if it would not be let in any more. */
  Optional<Policy> policy() {
    LiveRevision revision = live.current();
    Instant now = arrival.time().plusNanos(System.nanoTime() - since);
    Arrival again =
        new Arrival(arrival.server(), arrival.door(), arrival.headers(), arrival.body(), now);
    try {
      String name = authenticate.grant(again, revision).servers().get(arrival.server());
      return Optional.of(
          Optional.ofNullable(name).flatMap(revision::policy).orElseGet(Policy::none));
    } catch (Refusal | StoreUnavailableException e) {
      return Optional.empty();
    }
  }
}
