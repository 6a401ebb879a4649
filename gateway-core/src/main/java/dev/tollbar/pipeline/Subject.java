package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.Section;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Target;
import dev.tollbar.protocol.ToolCall;
import java.util.List;

/**
 * What a call is about.
 *
 * @param name what selectors are matched with: the tool, the prompt, the resource's URI
 */
record Subject(Section section, String name, ObjectNode arguments) {

  /** Of a request that policies judge, most often one; none for the rest. */
  static List<Subject> of(Routed routed) throws MalformedMessageException {
    Message message = routed.message();
    return switch (routed.door()) {
      case TOOL_CALL -> {
        ToolCall call = ToolCall.of(message);
        yield List.of(new Subject(Section.TOOLS, call.name(), call.arguments()));
      }
      case PROMPT_GET -> List.of(of(Target.prompt(message)));
      case RESOURCE_READ -> List.of(of(Target.resource(message)));
      case COMPLETION -> List.of(of(Target.completion(message)));
      case LISTEN -> Target.listen(message).stream().map(Subject::of).toList();
      default -> List.of();
    };
  }

  private static Subject of(Target target) {
    Section section = target.kind() == Target.Kind.PROMPT ? Section.PROMPTS : Section.RESOURCES;
    return new Subject(section, target.name(), target.arguments());
  }
}
