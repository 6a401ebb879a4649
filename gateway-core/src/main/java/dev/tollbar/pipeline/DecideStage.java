package dev.tollbar.pipeline;

import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import dev.tollbar.identity.Grant;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.Evaluator;
import dev.tollbar.policy.Section;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.MalformedMessageException;
import java.util.List;
import java.util.Optional;

/** Asks the policy (policy language, section 4, steps 1 and 2). */
final class DecideStage {
  private static final Decision.Permitted UNJUDGED =
      new Decision.Permitted(List.of(), List.of(), List.of());

  private final Evaluator evaluator;

  DecideStage(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Decided decide(Routed routed, Trail trail) throws Denied, MalformedMessageException {
    Optional<Subject> subject = Subject.of(routed);
    if (subject.isEmpty()) {
      if (reachesTheServer(routed.door())) {
        Optional<Denial> denial = routed.policy().refusesAll();
        if (denial.isPresent()) {
          throw new Denied(denial.get());
        }
      }
      return new Decided(routed, Optional.empty(), UNJUDGED);
    }
    trail.subject(subject.get());
    Call call = call(routed, subject.get());
    Decision decision = routed.policy().decide(call, subject.get().section(), evaluator);
    trail.verdicts(decision.trace());
    return switch (decision) {
      case Decision.Denied denied -> throw new Denied(denied.denial());
      case Decision.Permitted permitted -> new Decided(routed, Optional.of(call), permitted);
    };
  }

  /** All that the server gets but the handshake, and lists, which are shown empty. */
  private static boolean reachesTheServer(Door door) {
    return switch (door) {
      case RELAY, TASK, LIST_TASKS -> true;
      default -> false;
    };
  }

  private static Call call(Routed routed, Subject subject) {
    Grant grant = routed.caller().grant();
    Tool tool =
        subject.section() == Section.TOOLS
            ? routed.server().catalog().tool(subject.name())
            : Tool.named(subject.name());
    return new PendingCall(
        grant.name(),
        grant.labels(),
        routed.server().name(),
        routed.policy().name(),
        routed.session().map(Session::name),
        routed.protocolRevision().text(),
        routed.message().method(),
        tool,
        subject.arguments(),
        routed.arrival().time());
  }
}
