package dev.tollbar.history;

import dev.tollbar.document.Revision;
import dev.tollbar.policy.Policy;
import java.util.List;
import java.util.Optional;

/**
 * One of the two revisions that are compared.
 *
 * @param reaches who reaches which server; also grants that are stored, not written
 */
public record Side(Revision revision, List<Reach> reaches) {
  public Side {
    reaches = List.copyOf(reaches);
  }

  /** The policy that a grant has on a server; empty if it does not reach it. */
  Optional<String> policy(String grant, String server) {
    return reaches.stream()
        .filter(reach -> reach.grant().equals(grant) && reach.server().equals(server))
        .map(Reach::policy)
        .findFirst();
  }

  Policy policy(String name) {
    return Optional.ofNullable(revision.policies().get(name)).orElseGet(Policy::none);
  }
}
