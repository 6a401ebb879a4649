package dev.tollbar.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.protocol.JsonText;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The envelope of a message that a server sent: enough to know where it belongs. What it carries is
 * skipped, however large.
 *
 * @param method empty for responses
 */
public record ServerMessage(Kind kind, String method, Optional<MessageId> id) {
  private static final JsonFactory JSON =
      JsonText.factory().enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();

  /** The envelope; empty if this is no JSON-RPC message that can be read in one way only. */
  public static Optional<ServerMessage> read(byte[] data) {
    try (JsonParser parser = JSON.createParser(data)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? envelope(parser) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<ServerMessage> envelope(JsonParser parser) throws IOException {
    Set<String> seen = new HashSet<>();
    Optional<String> method = Optional.empty();
    Optional<MessageId> id = Optional.empty();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (!seen.add(name)) {
        return Optional.empty();
      }
      JsonToken value = parser.nextToken();
      if (name.equals("method") && value == JsonToken.VALUE_STRING) {
        method = Optional.of(parser.getText());
      } else if (name.equals("id")) {
        id = id(parser, value);
      } else {
        parser.skipChildren();
      }
    }
    boolean answer = seen.contains("result") ^ seen.contains("error");
    if (method.isPresent() && !answer) {
      Kind kind = seen.contains("id") ? Kind.REQUEST : Kind.NOTIFICATION;
      return kind == Kind.REQUEST && id.isEmpty()
          ? Optional.empty()
          : Optional.of(new ServerMessage(kind, method.get(), id));
    }
    return answer && !seen.contains("method")
        ? Optional.of(new ServerMessage(Kind.RESPONSE, "", id))
        : Optional.empty();
  }

  private static Optional<MessageId> id(JsonParser parser, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return Optional.of(MessageId.text(parser.getText()));
    }
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return Optional.of(new MessageId(parser.getText()));
    }
    parser.skipChildren();
    return Optional.empty();
  }
}
