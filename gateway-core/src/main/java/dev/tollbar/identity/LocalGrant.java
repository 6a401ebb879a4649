package dev.tollbar.identity;

import java.util.Map;
import java.util.Optional;

/**
 * The implicit grant of a gateway that has no grants at all. Only a gateway that is bound to
 * loopback may have it.
 *
 * @param servers the policy it has on each server
 */
public record LocalGrant(Map<String, String> servers) {
  public static final String NAME = "local";

  Grant grant() {
    return new Grant(NAME, servers, Map.of(), Optional.empty(), Optional.empty());
  }
}
