package dev.tollbar.protocol;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** JSON strings that the gateway writes. */
public final class JsonText {
  private JsonText() {}

  /** The text as a JSON string, quotes included. */
  public static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
