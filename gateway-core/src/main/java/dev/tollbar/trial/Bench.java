package dev.tollbar.trial;

import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Wording;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A document on trial: who reaches what under which policy. Immutable.
 *
 * @param revision the compiled document. A document that is one policy, without servers and grants,
 *     is in force for every grant on every server
 * @param stored grants beside those of the document
 */
record Bench(Revision revision, Map<String, Grant> stored) {

  static Bench of(Revision revision, Collection<Grant> stored) {
    Map<String, Grant> byName = new HashMap<>();
    stored.forEach(grant -> byName.put(grant.name(), grant));
    return new Bench(revision, Map.copyOf(byName));
  }

  /** Whether it is one policy, which does not say who it is for. */
  boolean policyAlone() {
    return revision.servers().isEmpty()
        && revision.grants().isEmpty()
        && revision.policies().size() == 1;
  }

  /** The names of its servers. */
  List<String> servers() {
    return revision.servers().keySet().stream().sorted().toList();
  }

  /** The names of the grants that there are. */
  List<String> grants() {
    return Stream.concat(revision.grants().keySet().stream(), stored.keySet().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** What becomes of a call before any policy is asked. */
  Access access(String grant, String server, Instant now) {
    if (policyAlone()) {
      return new Access.Granted(Map.of(), revision.policies().values().iterator().next());
    }
    if (!revision.servers().containsKey(server)) {
      return new Access.Refused(
          404, "The document has no server " + Wording.quote(server) + ": " + names(servers()));
    }
    Optional<Grant> known = grant(grant);
    if (known.isEmpty()) {
      return new Access.Refused(
          401, "There is no grant " + Wording.quote(grant) + ": " + names(grants()));
    }
    if (known.get().revoked().isPresent()) {
      return new Access.Refused(403, "The grant " + Wording.quote(grant) + " is revoked.");
    }
    if (known.get().expires().filter(end -> !now.isBefore(end)).isPresent()) {
      return new Access.Refused(403, "The grant " + Wording.quote(grant) + " is expired.");
    }
    String policy = known.get().servers().get(server);
    if (policy == null) {
      return new Access.Refused(
          403,
          "The grant " + Wording.quote(grant) + " does not reach " + Wording.quote(server) + ".");
    }
    return new Access.Granted(
        known.get().labels(),
        Optional.ofNullable(revision.policies().get(policy)).orElseGet(Policy::none));
  }

  private Optional<Grant> grant(String name) {
    if (revision.grants().containsKey(name)) {
      var grant = revision.grants().get(name);
      return Optional.of(
          new Grant(
              grant.name(), grant.servers(), grant.labels(), grant.expires(), Optional.empty()));
    }
    if (stored.containsKey(name)) {
      return Optional.of(stored.get(name));
    }
    return grants().isEmpty() && name.equals(LocalGrant.NAME)
        ? Optional.of(
            LocalGrant.over(revision.servers().keySet(), revision.policies().keySet()).grant())
        : Optional.empty();
  }

  private static String names(List<String> names) {
    return names.isEmpty() ? "it has none." : "there is only " + String.join(", ", names) + ".";
  }
}
