package dev.tollbar.document;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A grant written in a document.
 *
 * @param tokenSha256 SHA-256 of the token, in lower-case hex
 * @param servers the policy it has on each server that it reaches
 */
public record DocumentGrant(
    String name,
    String tokenSha256,
    Map<String, String> servers,
    Map<String, String> labels,
    Optional<Instant> expires) {
  public DocumentGrant {
    servers = Map.copyOf(servers);
    labels = Map.copyOf(labels);
  }
}
