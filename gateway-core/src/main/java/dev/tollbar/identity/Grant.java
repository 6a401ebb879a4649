package dev.tollbar.identity;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A bearer's stored permission, wherever it is stored.
 *
 * @param servers the policy it has on each server that it reaches
 */
public record Grant(
    String name,
    Map<String, String> servers,
    Map<String, String> labels,
    Optional<Instant> expires,
    Optional<Instant> revoked) {

  public Grant {
    servers = Map.copyOf(servers);
    labels = Map.copyOf(labels);
  }
}
