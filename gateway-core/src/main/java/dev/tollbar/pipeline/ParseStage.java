package dev.tollbar.pipeline;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.StrictParser;
import java.util.Locale;

/** From received bytes to a message that no two parsers read differently. */
final class ParseStage {
  Parsed parse(Arrival arrival) throws Refusal, MalformedMessageException {
    if (arrival.door() == Arrival.Door.HTTP) {
      checkMedia(arrival.headers());
    }
    return new Parsed(arrival, StrictParser.parse(arrival.body()));
  }

  /** MCP 2025-11-25, basic/transports, "Sending Messages to the Server". */
  private static void checkMedia(Arrival.Headers headers) throws Refusal {
    if (!headers.contentType().map(ParseStage::isJson).orElse(false)) {
      throw new Refusal(
          415, ErrorCode.INVALID_REQUEST, "media_type", "Content-Type must be application/json.");
    }
    if (!headers.accept().map(ParseStage::takesBoth).orElse(true)) {
      throw new Refusal(
          406,
          ErrorCode.INVALID_REQUEST,
          "not_acceptable",
          "Accept must list application/json and text/event-stream.");
    }
  }

  private static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end);
    return type.strip().equalsIgnoreCase("application/json");
  }

  private static boolean takesBoth(String accept) {
    String types = accept.toLowerCase(Locale.ROOT);
    return types.contains("*/*")
        || ((types.contains("application/json") || types.contains("application/*"))
            && (types.contains("text/event-stream") || types.contains("text/*")));
  }
}
