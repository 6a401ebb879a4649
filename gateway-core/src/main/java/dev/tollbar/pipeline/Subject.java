package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.Section;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Target;
import dev.tollbar.protocol.ToolCall;
import java.util.Optional;

/**
 * What a call is about.
 *
 * @param name what selectors are matched with: the tool, the prompt, the resource's URI
 */
record Subject(Section section, String name, ObjectNode arguments) {

  /** Of a request that policies judge; empty for the rest. */
  static Optional<Subject> of(Routed routed) throws MalformedMessageException {
    Message message = routed.message();
    return switch (routed.door()) {
      case TOOL_CALL -> {
        ToolCall call = ToolCall.of(message);
        yield Optional.of(new Subject(Section.TOOLS, call.name(), call.arguments()));
      }
      case PROMPT_GET -> Optional.of(of(Target.prompt(message)));
      case RESOURCE_READ -> Optional.of(of(Target.resource(message)));
      case COMPLETION -> Optional.of(of(Target.completion(message)));
      default -> Optional.empty();
    };
  }

  private static Subject of(Target target) {
    Section section = target.kind() == Target.Kind.PROMPT ? Section.PROMPTS : Section.RESOURCES;
    return new Subject(section, target.name(), target.arguments());
  }
}
