package dev.tollbar.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Things to store. */
final class Samples {
  private Samples() {}

  /** One approver, 15 minutes; bound to a call of its own. */
  static Approval question(String id, Instant created) {
    return question(id, "binding of " + id, 1, created);
  }

  static Approval question(String id, String binding, int approvers, Instant created) {
    return new Approval(
        id,
        binding,
        "laptop",
        "tickets",
        "create_refund",
        "{\"amount\":250,\"reason\":\"späte Lieferung 📦\"}",
        "/policies/tickets/tools/create_refund/approval",
        "Refunds above 100 need finance.",
        Optional.of("ops"),
        "5f3c",
        approvers,
        created,
        created.plus(Duration.ofMinutes(15)),
        List.of(),
        Optional.empty());
  }

  static Approval.Answer approves(String by, Instant at) {
    return new Approval.Answer(true, by, "", at);
  }

  static Approval.Answer denies(String by, Instant at) {
    return new Approval.Answer(false, by, "Not this one.", at);
  }

  static StoredGrant grant(String name, Instant created) {
    return new StoredGrant(
        name,
        "0".repeat(64),
        Map.of("files", "files-read-only", "tickets", "tickets"),
        Map.of("team", "ops"),
        created,
        Optional.of(created.plus(Duration.ofDays(30))),
        Optional.empty());
  }

  /** One plugin, of a version. */
  static PluginSet plugins(String version) {
    return PluginSet.of(List.of(new StoredPlugin("limits", version, "5fe1".repeat(16))));
  }
}
