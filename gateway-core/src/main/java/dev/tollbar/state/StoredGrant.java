package dev.tollbar.state;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A grant made by {@code tollbar grant new}.
 *
 * @param tokenSha256 SHA-256 of the token, in lower-case hex: the token itself is stored nowhere
 * @param servers the policy it has on each server that it reaches
 */
public record StoredGrant(
    String name,
    String tokenSha256,
    Map<String, String> servers,
    Map<String, String> labels,
    Instant created,
    Optional<Instant> expires,
    Optional<Instant> revoked) {}
