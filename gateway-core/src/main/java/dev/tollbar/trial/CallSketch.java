package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.policy.Section;
import dev.tollbar.upstream.InputSchema;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A call as somebody describes it.
 *
 * @param tool the tool, or the prompt, or the resource by its URI
 * @param inputSchema what the server says of the tool's arguments, if that is known
 */
public record CallSketch(
    String grant,
    String server,
    Section section,
    Tool tool,
    ObjectNode arguments,
    Optional<String> session,
    Instant time,
    Optional<InputSchema> inputSchema) {

  TrialCall call(Map<String, String> labels, String policy) {
    return new TrialCall(
        grant, labels, server, policy, session, TrialCall.method(section), tool, arguments, time);
  }
}
