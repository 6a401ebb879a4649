package dev.tollbar.transport.common;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tollbar.api.MessageId;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What must be known of a message of the server to send it the right way.
 *
 * @param method its method; empty for responses
 * @param id of a request or response
 * @param progressToken of {@code notifications/progress}
 */
public record ServerMessage(
    Optional<String> method, Optional<MessageId> id, Optional<MessageId> progressToken) {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  /** Reads one text in one pass, without building what is in it. Empty if it is no message. */
  public static Optional<ServerMessage> read(byte[] text) {
    if (!startsLikeObject(text)) {
      return Optional.empty();
    }
    try (JsonParser parser = JSON.createParser(text)) {
      Optional<ServerMessage> message = read(parser);
      return parser.nextToken() == null ? message : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean startsLikeObject(byte[] text) {
    for (byte c : text) {
      if (c == '{') {
        return true;
      }
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        return false;
      }
    }
    return false;
  }

  private static Optional<ServerMessage> read(JsonParser parser) throws IOException {
    Optional<String> method = Optional.empty();
    Optional<MessageId> id = Optional.empty();
    Optional<MessageId> token = Optional.empty();
    Set<String> seen = new HashSet<>();
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (!seen.add(name)) {
        return Optional.empty();
      }
      JsonToken value = parser.nextToken();
      switch (name) {
        case "method" -> {
          if (value != JsonToken.VALUE_STRING) {
            return Optional.empty();
          }
          method = Optional.of(parser.getText());
        }
        case "id" -> id = id(parser, value);
        case "params" -> token = progressToken(parser, value);
        default -> parser.skipChildren();
      }
    }
    boolean reply = id.isPresent() || seen.contains("error");
    return method.isPresent() || reply
        ? Optional.of(new ServerMessage(method, id, token))
        : Optional.empty();
  }

  private static Optional<MessageId> progressToken(JsonParser parser, JsonToken value)
      throws IOException {
    Optional<MessageId> token = Optional.empty();
    if (value != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return token;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = parser.currentName().equals("progressToken");
      JsonToken member = parser.nextToken();
      if (wanted) {
        token = id(parser, member);
      } else {
        parser.skipChildren();
      }
    }
    return token;
  }

  private static Optional<MessageId> id(JsonParser parser, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return Optional.of(MessageId.text(parser.getText()));
    }
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return Optional.of(new MessageId(parser.getBigIntegerValue().toString()));
    }
    parser.skipChildren();
    return Optional.empty();
  }

  public boolean isResponse() {
    return method.isEmpty();
  }

  public boolean isRequest() {
    return method.isPresent() && id.isPresent();
  }

  /** Whether it is about the server as a whole, and so about no call. */
  public boolean isNews() {
    return method
        .filter(it -> it.endsWith("/list_changed") || it.equals("notifications/resources/updated"))
        .isPresent();
  }

  public boolean isProgress() {
    return method.filter("notifications/progress"::equals).isPresent();
  }
}
