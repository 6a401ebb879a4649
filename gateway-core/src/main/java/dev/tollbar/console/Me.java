package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Tells operators who they are. */
final class Me {
  private Me() {}

  static ObjectNode json(Operator operator) {
    ObjectNode json = Json.object();
    json.put("name", operator.name());
    json.put("role", operator.role().wire());
    ArrayNode may = json.putArray("may");
    for (Permission permission : Permission.values()) {
      if (operator.role().may(permission)) {
        may.add(permission.name().toLowerCase(Locale.ROOT));
      }
    }
    return json;
  }
}
