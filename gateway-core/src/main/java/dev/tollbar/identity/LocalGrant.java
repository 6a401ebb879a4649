package dev.tollbar.identity;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The implicit grant of a gateway that has no grants at all. Only a gateway that is bound to
 * loopback may have it.
 *
 * @param servers the policy it has on each server
 */
public record LocalGrant(Map<String, String> servers) {
  public static final String NAME = "local";

  /** On each server the policy of its name, or else the only one that there is. */
  public static LocalGrant over(Set<String> servers, Set<String> policies) {
    String otherwise = policies.size() == 1 ? policies.iterator().next() : "(no policy)";
    Map<String, String> each = new HashMap<>();
    servers.forEach(server -> each.put(server, policies.contains(server) ? server : otherwise));
    return new LocalGrant(each);
  }

  public Grant grant() {
    return new Grant(NAME, servers, Map.of(), Optional.empty(), Optional.empty());
  }
}
