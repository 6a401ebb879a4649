package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import dev.tollbar.policy.Section;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A call that nobody makes. */
record TrialCall(
    String grant,
    Map<String, String> labels,
    String server,
    String policy,
    Optional<String> session,
    String method,
    Tool tool,
    ObjectNode arguments,
    Instant time)
    implements Call {

  /** The newest revision that the gateway speaks: rules that ask for it are told this one. */
  private static final String PROTOCOL_REVISION = "2025-11-25";

  @Override
  public String protocolRevision() {
    return PROTOCOL_REVISION;
  }

  /** The method that a section is called by. */
  static String method(Section section) {
    return switch (section) {
      case TOOLS -> "tools/call";
      case PROMPTS -> "prompts/get";
      case RESOURCES -> "resources/read";
    };
  }

  /** The section that judges calls of a method; empty if policies do not judge it. */
  static Optional<Section> section(String method) {
    return switch (method) {
      case "tools/call" -> Optional.of(Section.TOOLS);
      case "prompts/get" -> Optional.of(Section.PROMPTS);
      case "resources/read" -> Optional.of(Section.RESOURCES);
      default -> Optional.empty();
    };
  }
}
