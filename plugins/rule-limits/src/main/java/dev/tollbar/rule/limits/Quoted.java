package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** What was found, for messages: as JSON, so escaped, and cut at 80 characters. */
final class Quoted {
  private static final int LONGEST = 80;

  private Quoted() {}

  static String text(String value) {
    return json(TextNode.valueOf(value));
  }

  static String json(JsonNode value) {
    String json = value.toString();
    return json.length() <= LONGEST ? json : json.substring(0, LONGEST) + "…";
  }
}
