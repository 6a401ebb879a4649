package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.Call;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.consent.Answered;
import dev.tollbar.consent.CallBinding;
import dev.tollbar.consent.Consent;
import dev.tollbar.consent.DecisionLinks;
import dev.tollbar.legacy.InFlight;
import dev.tollbar.policy.Decision.Asked;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.protocol.MalformedMessageException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks people, where a rule wants it (policy language, sections 4 and 7). */
final class ConsentStage {
  private static final Logger LOG = LoggerFactory.getLogger(ConsentStage.class);

  private final Consent consent;
  private final DecisionLinks links;

  ConsentStage(Consent consent, DecisionLinks links) {
    this.consent = consent;
    this.links = links;
  }

  /** A request without what its client brings for the gateway itself. */
  OwnRound.Stripped strip(Routed routed) throws MalformedMessageException {
    return OwnRound.strip(routed, links);
  }

  /**
   * Asks.
   *
   * @param brought the answer that the client brings
   * @param client is told how long it takes, and asked where the policy wants that
   */
  Consented consent(
      Decided decided,
      LiveRevision revision,
      Optional<OwnRound> brought,
      Optional<InFlight> inFlight,
      PatientReply client,
      Trail trail)
      throws Denied, InputNeeded, InterruptedException {
    List<Asked> asked = decided.decision().asked();
    boolean approvedBefore = decided.call().map(Call::continued).orElse(false);
    if (asked.isEmpty() || decided.call().isEmpty() || approvedBefore) {
      return new Consented(decided, Optional.empty());
    }
    trail.rests();
    CallBinding binding = binding(decided.call().get(), decided, revision);
    try (HeldCall held =
        new HeldCall(decided.routed(), client, inFlight, brought, consent, links)) {
      return switch (ask(asked, binding, held)) {
        case Answered.Refused refused -> {
          trail.approvals(refused.id().stream().toList());
          if (refused.denial().code() == DenialCode.APPROVAL_PENDING) {
            held.stillOpen();
          }
          if (held.input().isPresent()) {
            throw new InputNeeded(refused.denial(), held.input().get());
          }
          throw new Denied(refused.denial());
        }
        case Answered.Approved approved -> {
          trail.approvals(approved.ids());
          yield new Consented(decided, Optional.of(approved));
        }
      };
    }
  }

  private Answered ask(List<Asked> asked, CallBinding binding, HeldCall held)
      throws Denied, InterruptedException {
    try {
      return consent.ask(asked, binding, held);
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

  private static CallBinding binding(Call call, Decided decided, LiveRevision revision) {
    return new CallBinding(
        call.grant(),
        call.server(),
        call.method(),
        call.tool().name(),
        call.arguments(),
        revision.id(),
        terms(decided));
  }

  /** Every rule that the call was judged by, and its server: their change makes it another call. */
  private static String terms(Decided decided) {
    ArrayNode terms = JsonNodeFactory.instance.arrayNode();
    terms.add(decided.routed().policy().name()).add(decided.routed().server().digest());
    decided.decision().rules().forEach(rule -> terms.add(rule.terms()));
    return terms.toString();
  }
}
