package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ListFilter;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.Reply;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Results that are not the end of their call: the server asks the client for something first, or
 * goes on in the background.
 */
final class Unfinished {
  private final OpenRounds rounds;
  private final TaskOwners tasks;

  Unfinished(OpenRounds rounds, TaskOwners tasks) {
    this.rounds = rounds;
    this.tasks = tasks;
  }

  /** Whether a reply must be held whole, since part of it may be refused or must be noted. */
  boolean needsAll(Routed routed) {
    if (routed.door() == Door.TOOL_CALL && routed.message().params().has("task")) {
      return true;
    }
    return routed.protocolRevision().isModern()
        && Arrays.stream(ServerRequest.values()).anyMatch(it -> !routed.policy().permits(it));
  }

  /** Notes what such a result begins; a denial if it asks for what the policy does not permit. */
  Optional<Denial> denial(Forwarded forwarded, Reply.Result result, byte[] message)
      throws IOException {
    Routed routed = forwarded.routed();
    Optional<Call> call = forwarded.call().call();
    if (!routed.protocolRevision().isModern()) {
      if (routed.door() == Door.TOOL_CALL && routed.message().params().has("task")) {
        begun(routed, call, ReplyBytes.result(message).path("task").path("taskId"));
      }
      return Optional.empty();
    }
    if (result.isComplete()) {
      return Optional.empty();
    }
    JsonNode body = ReplyBytes.result(message);
    for (JsonNode request : body.path("inputRequests")) {
      if (!ServerRequests.mayAsk(request, routed.policy())) {
        forwarded.withdraw(body.path("requestState").asText(""));
        return Optional.of(refused(routed.policy(), request.path("method").asText("")));
      }
    }
    if (isTask(result)) {
      begun(routed, call, body.path("taskId"));
    } else {
      call.ifPresent(it -> rounds.open(routed.policy(), it));
    }
    return Optional.empty();
  }

  /**
   * Notes what a reply begins that nobody has read. That it asks for another round can be told
   * without; which task it has become cannot, so that one is nobody's.
   */
  void passed(Forwarded forwarded, Reply reply) {
    if (forwarded.routed().protocolRevision().isModern()
        && reply instanceof Reply.Result result
        && !result.isComplete()
        && !isTask(result)) {
      Policy policy = forwarded.routed().policy();
      forwarded.call().call().ifPresent(call -> rounds.open(policy, call));
    }
  }

  private static boolean isTask(Reply.Result result) {
    return result.resultType().filter("task"::equals).isPresent();
  }

  private void begun(Routed routed, Optional<Call> call, JsonNode task) {
    if (call.isPresent() && task.isTextual()) {
      tasks.begun(
          routed.server().name(),
          task.textValue(),
          call.get().grant(),
          call.get().tool().name(),
          call.get().time());
    }
  }

  private static Denial refused(Policy policy, String method) {
    String known = method.matches("[a-z]{1,20}/[a-zA-Z]{1,30}") ? method : "this request";
    return Denial.of(
        DenialCode.RULE,
        "/policies/" + policy.name() + "/server_requests",
        "The server asks for " + known + ", which the gateway's policy does not permit.");
  }

  /** The tasks that the grant itself has begun. */
  Edit ownTasks(Routed routed) {
    String server = routed.server().name();
    String grant = routed.caller().grant().name();
    return message ->
        ListFilter.read(message, Listing.TASKS)
            .keep(entry -> tasks.find(server, entry.path("taskId").asText(""), grant).isPresent());
  }
}
