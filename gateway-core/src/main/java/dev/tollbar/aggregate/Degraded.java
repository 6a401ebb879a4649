package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** How results say which servers are missing in them. */
final class Degraded {
  static final String MEMBER = "dev.tollbar/degraded";

  private Degraded() {}

  /** The last member of a result, comma included; nothing if no server is missing. */
  static String meta(Map<String, String> degraded) {
    return degraded.isEmpty() ? "" : ",\"_meta\":{\"" + MEMBER + "\":" + json(degraded) + "}";
  }

  private static ObjectNode json(Map<String, String> degraded) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    new TreeMap<>(degraded).forEach(json::put);
    return json;
  }
}
