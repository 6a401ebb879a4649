package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.identity.Grant;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.ArgumentCheck;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.policy.Section;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Target;
import java.util.List;
import java.util.Optional;

/** Asks the policy (policy language, section 4, steps 1 and 2). */
final class DecideStage {
  private static final Decision.Permitted UNJUDGED =
      new Decision.Permitted(List.of(), List.of(), List.of());

  private final RuleWatch watch;
  private final OpenRounds rounds;
  private final TaskOwners tasks;

  DecideStage(RuleWatch watch, OpenRounds rounds, TaskOwners tasks) {
    this.watch = watch;
    this.rounds = rounds;
    this.tasks = tasks;
  }

  Decided decide(Routed routed, Trail trail) throws Denied, Refusal, MalformedMessageException {
    List<Subject> subjects = Subject.of(routed);
    if (reachesTheServer(routed.door())) {
      Optional<Denial> denial = routed.policy().refusesAll();
      if (denial.isPresent()) {
        throw new Denied(denial.get());
      }
    }
    if (routed.door() == Door.TASK) {
      task(routed);
    }
    Decided decided = new Decided(routed, Optional.empty(), UNJUDGED);
    for (Subject subject : subjects) {
      Decided one = decide(routed, subject, trail);
      if (subjects.size() == 1) {
        decided = one;
      } else if (!one.decision().asked().isEmpty()) {
        throw new Denied(needsAnAnswerOfItsOwn(one.decision().asked().getFirst()));
      }
    }
    return decided;
  }

  private static Denial needsAnAnswerOfItsOwn(Decision.Asked asked) {
    return Denial.of(
        DenialCode.RULE,
        asked.rule().name(),
        "A person must approve listening to one of these resources; listen to it alone.");
  }

  private Decided decide(Routed routed, Subject subject, Trail trail) throws Denied {
    trail.subject(subject);
    PendingCall call = call(routed, subject, trail);
    trail.values(routed.policy().recorded(subject.section(), call));
    if (isLaterRound(routed) && rounds.take(routed.policy(), call)) {
      call = call.asContinued();
    }
    Decision decision;
    try (RuleWatch.Turn turn = watch.turn()) {
      decision = routed.policy().decide(call, subject.section(), check(routed, subject), turn);
    }
    trail.verdicts(decision.trace());
    return switch (decision) {
      case Decision.Denied denied -> throw new Denied(denied.denial());
      case Decision.Permitted permitted -> new Decided(routed, Optional.of(call), permitted);
    };
  }

  private static ArgumentCheck check(Routed routed, Subject subject) {
    return arguments ->
        new SchemaCheck(routed.server().catalog().inputSchema(subject.name())).check(arguments);
  }

  private static boolean isLaterRound(Routed routed) {
    ObjectNode params = routed.message().params();
    return routed.protocolRevision().isModern()
        && (params.has("inputResponses") || params.has("requestState"));
  }

  /** A task is its creator's only, and only as long as it may use the tool behind it. */
  private void task(Routed routed) throws Denied, Refusal, MalformedMessageException {
    String id = Target.task(routed.message()).name();
    String server = routed.server().name();
    TaskOwners.Owner owner =
        tasks
            .find(server, id, routed.caller().grant().name())
            .orElseThrow(() ->
                new Refusal(
                    200, ErrorCode.INVALID_PARAMS, "unknown_task", "There is no such task."));
    if (!routed.policy().visible(Section.TOOLS, routed.server().catalog().tool(owner.tool()))) {
      throw new Denied(
          Denial.of(DenialCode.HIDDEN, "(hidden)", "The tool of this task is not available."));
    }
  }

  /** All that the server gets but the handshake, and lists, which are shown empty. */
  private static boolean reachesTheServer(Door door) {
    return switch (door) {
      case RELAY, TASK, LIST_TASKS, LISTEN -> true;
      default -> false;
    };
  }

  private static PendingCall call(Routed routed, Subject subject, Trail trail) {
    Grant grant = routed.caller().grant();
    Tool tool =
        subject.section() == Section.TOOLS
            ? routed.server().catalog().tool(subject.name())
            : Tool.named(subject.name());
    trail.tool(tool);
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
        routed.arrival().time(),
        false,
        trail.debug());
  }
}
