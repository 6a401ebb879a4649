package dev.tollbar.examples.demo;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What came of a call.
 *
 * @param kind the word for it
 * @param rule the rule that denied; absent where the call came through
 * @param text what the agent reads
 */
record Outcome(Kind kind, Optional<String> rule, String text) {
  private static final String DENIAL = "dev.tollbar/denial";

  /** The words of the tour. */
  enum Kind {
    ALLOWED,
    LIMITED,
    DENIED,
    REFUSED,
    HELD,
    APPROVED,
    FAILED
  }

  /** Reads a tool's result; a denial is one with the gateway's own {@code _meta}. */
  static Outcome of(CallToolResult result) {
    String text =
        result.content().stream()
            .filter(TextContent.class::isInstance)
            .map(content -> ((TextContent) content).text())
            .collect(Collectors.joining(" "));
    if (Optional.ofNullable(result.meta()).map(meta -> meta.get(DENIAL)).orElse(null)
        instanceof Map<?, ?> denial) {
      String rule = String.valueOf(denial.get("rule"));
      return new Outcome(denied(String.valueOf(denial.get("code")), rule), Optional.of(rule), text);
    }
    boolean failed = Boolean.TRUE.equals(result.isError());
    return new Outcome(failed ? Kind.FAILED : Kind.ALLOWED, Optional.empty(), text);
  }

  private static Kind denied(String code, String rule) {
    return switch (code) {
      case "limit" -> Kind.LIMITED;
      case "approval_pending" -> Kind.HELD;
      case "rule" -> rule.endsWith("/script") ? Kind.REFUSED : Kind.DENIED;
      default -> Kind.DENIED;
    };
  }
}
