package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import dev.tollbar.policy.Wording;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * That a document only comes into force if the tests beside it pass: {@code on_reload}.
 *
 * @param folder where they lie, below the document's folder; empty for that folder itself
 */
@JsonShape(
    """
    {"description": "test, or {\\"tests\\": \\"DIR\\"} with a folder below that of the document",
     "anyOf": [
       {"const": "test"},
       {"type": "object", "properties": {"tests": {"type": "string"}},
        "required": ["tests"], "additionalProperties": false}]}
    """)
public record ReloadTests(String folder) {

  /** Reads it as it stands in a document. */
  public static ReloadTests of(JsonNode value) {
    if (value.isTextual() && value.textValue().equals("test")) {
      return new ReloadTests("");
    }
    String folder = value.path("tests").asText("");
    if (!value.isObject() || value.size() != 1 || folder.isBlank() || !isBelow(folder)) {
      throw new InvalidConfigException(
          "",
          "test, or {\"tests\": \"DIR\"} with a folder below that of the document",
          value.isObject() ? Wording.cut(value.toString()) : Wording.found(value));
    }
    return new ReloadTests(folder);
  }

  private static boolean isBelow(String folder) {
    try {
      Path path = Path.of(folder);
      return !path.isAbsolute() && !path.normalize().startsWith("..");
    } catch (InvalidPathException _) {
      return false;
    }
  }
}
