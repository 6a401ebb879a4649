package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.JsonShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whose counter a limit counts on: one scope or several, which then count together. */
@JsonShape(
    """
    {"anyOf": [
      {"enum": ["grant", "server", "session", "global"]},
      {"type": "string", "pattern": "^args[.\\\\[]"},
      {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"anyOf": [
        {"enum": ["grant", "server", "session", "global"]},
        {"type": "string", "pattern": "^args[.\\\\[]"}
      ]}}
    ]}
    """)
public record Scopes(List<Scope> scopes) {

  private static final String EXPECTED =
      "grant, server, session, global or an argument such as args.customer";

  /** One of the things that tell counters apart. */
  sealed interface Scope {
    record Grant() implements Scope {}

    record Server() implements Scope {}

    record Session() implements Scope {}

    record Global() implements Scope {}

    record Argument(ArgumentPath path) implements Scope {}
  }

  public Scopes {
    scopes = List.copyOf(scopes);
  }

  /** Reads them from a document. */
  public static Scopes of(JsonNode value) {
    if (!value.isArray()) {
      return new Scopes(
          List.of(
              scope(value)
                  .orElseThrow(() ->
                      new InvalidConfigException(
                          "", EXPECTED + ", or a list of these", Quoted.json(value)))));
    }
    List<Scope> scopes = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      Optional<Scope> scope = scope(value.get(i));
      if (scope.isEmpty()) {
        problems.add(new Problem(String.valueOf(i), EXPECTED, Quoted.json(value.get(i))));
      } else if (scopes.contains(scope.get())) {
        problems.add(
            new Problem(
                String.valueOf(i), "each scope once", Quoted.json(value.get(i)) + " again"));
      } else {
        scopes.add(scope.get());
      }
    }
    if (value.isEmpty()) {
      problems.add(new Problem("", "at least one scope", "[]"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return new Scopes(scopes);
  }

  /** Whether nothing but the caller and the server tells its counters apart. */
  boolean byCaller() {
    return scopes.stream()
        .allMatch(scope ->
            scope instanceof Scope.Grant
                || scope instanceof Scope.Server
                || scope instanceof Scope.Global);
  }

  private static Optional<Scope> scope(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : "";
    return switch (text) {
      case "grant" -> Optional.of(new Scope.Grant());
      case "server" -> Optional.of(new Scope.Server());
      case "session" -> Optional.of(new Scope.Session());
      case "global" -> Optional.of(new Scope.Global());
      default -> ArgumentPath.parse(text).map(Scope.Argument::new);
    };
  }
}
