package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.consent.Answered;
import dev.tollbar.consent.CallBinding;
import dev.tollbar.consent.Consent;
import dev.tollbar.policy.Decision.Asked;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks people, where a rule wants it (policy language, sections 4 and 7). */
final class ConsentStage {
  private static final Logger LOG = LoggerFactory.getLogger(ConsentStage.class);

  private final Consent consent;

  ConsentStage(Consent consent) {
    this.consent = consent;
  }

  Consented consent(Decided decided, LiveRevision revision, Trail trail)
      throws Denied, InterruptedException {
    List<Asked> asked = decided.decision().asked();
    boolean approvedBefore = decided.call().map(Call::continued).orElse(false);
    if (asked.isEmpty() || decided.call().isEmpty() || approvedBefore) {
      return new Consented(decided, Optional.empty());
    }
    return switch (ask(asked, binding(decided.call().get(), revision), revision)) {
      case Answered.Refused refused -> {
        trail.approvals(List.of(refused.id()));
        throw new Denied(refused.denial());
      }
      case Answered.Approved approved -> {
        trail.approvals(approved.ids());
        yield new Consented(decided, Optional.of(approved));
      }
    };
  }

  private Answered ask(List<Asked> asked, CallBinding binding, LiveRevision revision)
      throws Denied, InterruptedException {
    try {
      return consent.ask(asked, binding, revision.webhooks(), (_, _, _) -> {});
    } catch (StoreUnavailableException e) {
      LOG.warn("{}", e.getMessage());
      throw new Denied(
          Denial.of(
              DenialCode.STORE_UNAVAILABLE,
              asked.getFirst().rule().name(),
              "A person must approve this call, and approvals are out of reach."));
    }
  }

  /** The approvals of a call that provably did not reach its server can be used again. */
  void giveBack(Answered.Approved approved) {
    try {
      consent.giveBack(approved);
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "approvals {} were used by a call that was not delivered, and could not be given back: {}",
          approved.ids(),
          e.getMessage());
    }
  }

  private static CallBinding binding(Call call, LiveRevision revision) {
    return new CallBinding(
        call.grant(),
        call.server(),
        call.method(),
        call.tool().name(),
        call.arguments(),
        revision.id());
  }
}
