package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.MessageId;
import java.util.Optional;

/**
 * Ids and progress tokens that servers choose, made such that those of two servers cannot meet:
 * {@code 7} of server {@code files} is {@code "files:7"} at the client, and {@code "7"} is {@code
 * "files:\"7\""}. No server has a colon in its name.
 */
final class ServerIds {
  /** The longest that is taken from clients. */
  static final int LONGEST = 256;

  /**
   * An id of a server.
   *
   * @param id the server's own
   */
  record Origin(String server, MessageId id) {}

  private ServerIds() {}

  /** What the client sees; empty if that would be too long to come back. */
  static Optional<String> shown(String server, MessageId id) {
    return Optional.of(server + ":" + id.json()).filter(text -> text.length() <= LONGEST);
  }

  /** Whose id it is; empty if it was not made here. */
  static Optional<Origin> origin(MessageId shown) {
    String text = Json.read(shown.json()).map(JsonNode::textValue).orElse("");
    int end = text.indexOf(':');
    if (end <= 0) {
      return Optional.empty();
    }
    String own = text.substring(end + 1);
    return Json.read(own)
        .flatMap(MessageId::of)
        .filter(id -> id.json().equals(own))
        .map(id -> new Origin(text.substring(0, end), id));
  }
}
