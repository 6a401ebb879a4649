package dev.tollbar.transport.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;

/**
 * What many servers say to a session that they do not know, in place of the status 404 that the
 * protocol asks for: status 400, with an error of an implementation's own about sessions and
 * without the id of the request. The TypeScript SDK does where a server was started anew ("Server
 * not initialized"), its examples do, and who follows them.
 */
final class ForgottenSession {
  /** How much of a refusal is looked at: these are short. */
  static final int MOST_BYTES = 4_096;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ForgottenSession() {}

  static boolean isToldBy(byte[] refusal) {
    try {
      JsonNode message = JSON.readTree(refusal);
      JsonNode error = message.path("error");
      int code = error.path("code").asInt();
      String text = error.path("message").asText().toLowerCase(Locale.ROOT);
      return !message.hasNonNull("id")
          && (code == -32_000 || code == -32_001)
          && (text.contains("session") || text.contains("not initialized"));
    } catch (IOException e) {
      return false;
    }
  }
}
