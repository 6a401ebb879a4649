package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a legacy server is told that its client can do: what a modern client declared, as far as the
 * gateway can carry it there and back.
 *
 * @param json as in {@code initialize}, members sorted: equal texts, equal capabilities
 */
record CarriedCapabilities(String json, ObjectNode tree) {
  private static final List<String> ELICITATION = List.of("form", "url");
  private static final List<String> SAMPLING = List.of("context", "tools");

  /** Why a request of the server cannot be passed on. */
  record Refusal(int code, String why) {}

  /** Of what the client declared in a request. */
  static CarriedCapabilities of(ObjectNode declared) {
    ObjectNode carried = JsonNodeFactory.instance.objectNode();
    if (declared.get("elicitation") instanceof ObjectNode elicitation) {
      carried.set("elicitation", only(elicitation, ELICITATION));
    }
    if (declared.get("roots") instanceof ObjectNode) {
      // Not listChanged: since 2026-07-28 there is no notification for it.
      carried.set("roots", JsonNodeFactory.instance.objectNode());
    }
    if (declared.get("sampling") instanceof ObjectNode sampling) {
      carried.set("sampling", only(sampling, SAMPLING));
    }
    return new CarriedCapabilities(carried.toString(), carried);
  }

  private static ObjectNode only(ObjectNode declared, List<String> names) {
    ObjectNode carried = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      if (declared.get(name) instanceof ObjectNode capability) {
        carried.set(name, sorted(capability));
      }
    }
    return carried;
  }

  private static JsonNode sorted(JsonNode value) {
    if (!(value instanceof ObjectNode object)) {
      return value;
    }
    ObjectNode sorted = JsonNodeFactory.instance.objectNode();
    for (String name : new TreeSet<>(object.propertyStream().map(it -> it.getKey()).toList())) {
      sorted.set(name, sorted(object.path(name)));
    }
    return sorted;
  }

  /** Whether a server may ask anything of this client. */
  boolean any() {
    return !tree.isEmpty();
  }

  /** Why a request of the server goes against them; empty if it does not. */
  Optional<Refusal> problem(String method, ObjectNode params) {
    return switch (method) {
      case "elicitation/create" -> elicitation(params);
      case "sampling/createMessage" -> sampling(params);
      case "roots/list" -> tree.has("roots") ? Optional.empty() : undeclared("roots");
      default ->
          Optional.of(
              new Refusal(ErrorCode.METHOD_NOT_FOUND, "The client does not know this method."));
    };
  }

  private Optional<Refusal> elicitation(ObjectNode params) {
    if (!tree.has("elicitation")) {
      return undeclared("elicitation");
    }
    JsonNode declared = tree.path("elicitation");
    String mode = params.path("mode").asText("form");
    // Without members it stands for forms (MCP 2025-11-25, client/elicitation).
    boolean form = declared.has("form") || !declared.has("url");
    boolean holds = mode.equals("form") ? form : mode.equals("url") && elicitsUrl();
    return holds
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                ErrorCode.INVALID_PARAMS, "The client has not declared this mode of elicitation."));
  }

  private Optional<Refusal> sampling(ObjectNode params) {
    if (!tree.has("sampling")) {
      return undeclared("sampling");
    }
    boolean tools = params.has("tools") || params.has("toolChoice");
    return tools && !tree.path("sampling").has("tools")
        ? Optional.of(
            new Refusal(
                ErrorCode.INVALID_PARAMS, "The client has not declared tools for sampling."))
        : Optional.empty();
  }

  /** Whether the client can send its user to a URL. */
  boolean elicitsUrl() {
    return tree.path("elicitation").has("url");
  }

  private static Optional<Refusal> undeclared(String capability) {
    return Optional.of(
        new Refusal(ErrorCode.METHOD_NOT_FOUND, "The client has not declared " + capability + "."));
  }
}
