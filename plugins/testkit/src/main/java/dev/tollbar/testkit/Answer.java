package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the server does to a call.
 *
 * @param at when it does so, if the call takes time
 */
record Answer(
    Optional<JsonNode> result,
    Optional<Fault> error,
    Optional<Failure> fails,
    Optional<Moment> at) {

  /** A JSON-RPC error. */
  record Fault(int code, String message) {}

  /** How a server can fail to answer. */
  enum Failure {
    NOT_DELIVERED(Reason.UNREACHABLE, 0),
    STATUS_500(Reason.REFUSED, 500),
    TIMEOUT(Reason.TIMEOUT, 0),
    RESET(Reason.BROKEN, 0);

    private final Reason reason;
    private final int status;

    Failure(Reason reason, int status) {
      this.reason = reason;
      this.status = status;
    }

    boolean delivered() {
      return this != NOT_DELIVERED;
    }

    UpstreamException exception() {
      return new UpstreamException(reason, delivered(), status, "as the scenario says");
    }
  }

  Answer {
    List<String> given = new ArrayList<>();
    result.ifPresent(_ -> given.add("result"));
    error.ifPresent(_ -> given.add("error"));
    fails.ifPresent(_ -> given.add("fails"));
    if (given.size() > 1) {
      throw new InvalidConfigException(
          "", "one of result, error and fails", String.join(" and ", given));
    }
    result
        .filter(value -> !value.isObject())
        .ifPresent(value -> {
          throw new InvalidConfigException("result", "an object", Wording.found(value));
        });
  }

  /** The answer of a server that has nothing special to say. */
  static Answer ok() {
    return new Answer(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The rest of a response, beside its id. */
  ObjectNode response() {
    ObjectNode response = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
    if (error.isPresent()) {
      response
          .putObject("error")
          .put("code", error.get().code())
          .put("message", error.get().message());
    } else {
      response.set("result", result.orElseGet(Answer::plainResult));
    }
    return response;
  }

  private static JsonNode plainResult() {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", "ok");
    return result;
  }
}
