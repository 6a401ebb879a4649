package dev.tollbar.consent;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

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
    Map<String, JsonNode> members = new TreeMap<>();
    object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    text.append('{');
    Iterator<Map.Entry<String, JsonNode>> rest = members.entrySet().iterator();
    while (rest.hasNext()) {
      Map.Entry<String, JsonNode> member = rest.next();
      quote(member.getKey(), text);
      text.append(':');
      write(member.getValue(), text);
      if (rest.hasNext()) {
        text.append(',');
      }
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
    JsonStringEncoder.getInstance().quoteAsString(value, text);
    text.append('"');
  }
}
