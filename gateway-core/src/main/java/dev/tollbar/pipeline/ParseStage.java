package dev.tollbar.pipeline;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.StrictParser;
import java.util.Locale;

/** From received bytes to a message that no two parsers read differently. */
final class ParseStage {
  Parsed parse(Arrival arrival) throws Refusal, MalformedMessageException {
    checkMedia(arrival);
    return new Parsed(arrival, StrictParser.parse(arrival.body()));
  }

  /** MCP 2025-11-25, basic/transports, "Sending Messages to the Server". */
  static void checkMedia(Arrival arrival) throws Refusal {
    if (arrival.door() != Arrival.Door.HTTP) {
      return;
    }
    Arrival.Headers headers = arrival.headers();
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

  /** The same, "Listening for Messages from the Server". */
  static void checkListens(Arrival arrival) throws Refusal {
    if (arrival.door() == Arrival.Door.HTTP
        && !arrival.headers().accept().map(ParseStage::takesEvents).orElse(false)) {
      throw new Refusal(
          406, ErrorCode.INVALID_REQUEST, "not_acceptable", "Accept must list text/event-stream.");
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
            && takesEvents(types));
  }

  private static boolean takesEvents(String accept) {
    String types = accept.toLowerCase(Locale.ROOT);
    return types.contains("text/event-stream") || types.contains("text/*") || types.contains("*/*");
  }
}
