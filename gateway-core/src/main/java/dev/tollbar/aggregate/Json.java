package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.protocol.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** JSON that the aggregate reads for itself; none of it is ever passed on. */
final class Json {
  private static final ObjectMapper READER = JsonText.mapper();

  private Json() {}

  /** The tree; empty if it is none. */
  static Optional<JsonNode> read(byte[] json) {
    try {
      return Optional.ofNullable(READER.readTree(json)).filter(node -> !node.isMissingNode());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<JsonNode> read(String json) {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }
}
