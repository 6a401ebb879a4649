package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.policy.Decision;
import java.util.Optional;

/**
 * A message that no rule denied.
 *
 * @param call what the rules saw; empty for messages that rules do not judge
 */
record Decided(Routed routed, Optional<Call> call, Decision.Permitted decision) {}
