package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Outcome;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the server answers to a permitted call of a test. */
record Reply(
    @Doc("The result; with isError: true a tool error") Optional<JsonNode> result,
    @Doc("A JSON-RPC error") Optional<Fault> error,
    @Doc("How it fails to answer") Optional<Failure> fails) {

  /** A JSON-RPC error. */
  record Fault(int code, String message) {}

  /** How a server can fail to answer. */
  enum Failure {
    NOT_DELIVERED,
    STATUS_500,
    TIMEOUT,
    RESET
  }

  /** The answer of a server that has nothing special to say. */
  static final Reply PLAIN = new Reply(Optional.empty(), Optional.empty(), Optional.empty());

  Reply {
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

  /** The result, if the server gives one. */
  Optional<JsonNode> resultGiven() {
    return error.isPresent() || fails.isPresent()
        ? Optional.empty()
        : Optional.of(result.orElseGet(Reply::plainResult));
  }

  /** What becomes of what the call took. */
  Outcome outcome() {
    if (fails.isPresent()) {
      return fails.get() == Failure.NOT_DELIVERED
          ? new Outcome.NotDelivered()
          : new Outcome.TransportFailed();
    }
    if (error.isPresent()) {
      return new Outcome.ProtocolError(error.get().code());
    }
    JsonNode given = resultGiven().orElseGet(Reply::plainResult);
    return new Outcome.Answered(given.path("isError").asBoolean(false), Optional.of(given));
  }

  private static JsonNode plainResult() {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", "ok");
    return result;
  }
}
