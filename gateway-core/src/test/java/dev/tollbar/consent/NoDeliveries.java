package dev.tollbar.consent;

import dev.tollbar.state.Deliveries;
import dev.tollbar.state.Delivery;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Nobody is told anything. */
final class NoDeliveries implements Deliveries {
  @Override
  public Set<String> due(Instant now) {
    return Set.of();
  }

  @Override
  public List<Delivery> claim(String webhook, Instant now, Instant due, Instant until, int most) {
    return List.of();
  }

  @Override
  public List<Delivery> claimOver(String webhook, Instant now, Instant until, int most) {
    return List.of();
  }

  @Override
  public void settle(
      Delivery claimed, Delivery.State state, Instant due, String problem, Instant now) {}

  @Override
  public List<Delivery> dead() {
    return List.of();
  }

  @Override
  public List<Delivery> of(String approval) {
    return List.of();
  }

  @Override
  public boolean redeliver(String approval, Instant now) {
    return false;
  }

  @Override
  public int dismiss(Optional<String> approval) {
    return 0;
  }
}
