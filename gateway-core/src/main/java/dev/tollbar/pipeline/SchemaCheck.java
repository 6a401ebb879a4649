package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.ArgumentCheck;
import dev.tollbar.upstream.InputSchema;
import dev.tollbar.upstream.InputSchema.Answer;
import java.util.Optional;

/**
 * Checks arguments by the input schema that a server lists for its tool.
 *
 * @param schema empty if the tool was not seen
 */
public record SchemaCheck(Optional<InputSchema> schema) implements ArgumentCheck {

  @Override
  public Finding check(ObjectNode arguments) {
    if (schema.isEmpty()) {
      return NOT_SEEN.check(arguments);
    }
    return switch (schema.get().check(arguments)) {
      case Answer.Fits _ -> FITS;
      case Answer.Differs(var faults) -> new Finding.Differs(String.join("; ", faults));
      case Answer.Unusable(var why) -> new Finding.Unchecked(true, why);
    };
  }
}
