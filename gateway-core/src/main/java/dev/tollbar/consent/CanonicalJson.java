package dev.tollbar.consent;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One text for one value: members sorted by their UTF-16 code units, no white space, strings
 * escaped as little as possible (as RFC 8785). Numbers stay exact and keep their trailing zeros:
 * {@code 1} and {@code 1.0} differ.
 */
public final class CanonicalJson {
  private CanonicalJson() {}

  public static String of(JsonNode value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text.toString();
  }

  private static void write(JsonNode value, StringBuilder text) {
    switch (value.getNodeType()) {
      case OBJECT -> writeObject(value, text);
      case ARRAY -> writeArray(value, text);
      case STRING -> quote(value.textValue(), text);
      case NUMBER ->
          text.append(value.isBigDecimal() ? value.decimalValue().toString() : value.numberValue());
      case BOOLEAN -> text.append(value.booleanValue());
      case NULL -> text.append("null");
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException("not a JSON value: " + value.getNodeType());
    }
  }

  private static void writeObject(JsonNode object, StringBuilder text) {
    List<Map.Entry<String, JsonNode>> members = new ArrayList<>(object.properties());
    members.sort(Map.Entry.comparingByKey());
    text.append('{');
    for (int i = 0; i < members.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      quote(members.get(i).getKey(), text);
      text.append(':');
      write(members.get(i).getValue(), text);
    }
    text.append('}');
  }

  private static void writeArray(JsonNode array, StringBuilder text) {
    text.append('[');
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      write(array.path(i), text);
    }
    text.append(']');
  }

  private static void quote(String value, StringBuilder text) {
    text.append('"');
    if (isPlain(value)) {
      text.append(value);
    } else {
      JsonStringEncoder.getInstance().quoteAsString(value, text);
    }
    text.append('"');
  }

  /** Whether nothing in it is to be escaped, so that it can be copied as a whole. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
