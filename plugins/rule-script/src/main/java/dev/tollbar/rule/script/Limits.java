package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is left of the limits of a call, as JSON under the names that scripts know. A text instead
 * of a list says why it cannot be told.
 */
final class Limits {
  private Limits() {}

  /** Looks it up: on the thread of the call, because counters may block. */
  static JsonNode of(Call call) throws InterruptedException {
    try {
      return json(call.limits(), call.time());
    } catch (StoreUnavailableException e) {
      return TextNode.valueOf(Text.line(String.valueOf(e.getMessage()), 200));
    }
  }

  private static ArrayNode json(List<Call.Limit> limits, Instant time) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Call.Limit each : limits) {
      LimitUsage usage = each.usage();
      ObjectNode limit = all.addObject();
      limit.put("rule", each.rule()).put("limit", usage.limit());
      limit.put("max", usage.max()).put("left", usage.remaining());
      usage.resetsAfter().ifPresent(after -> limit.put("resetsAt", time.plus(after).toString()));
    }
    return all;
  }

  /** Reads what {@link #of} wrote, or an author. */
  static List<Call.Limit> read(JsonNode json, Instant time) {
    List<Call.Limit> limits = new ArrayList<>();
    for (JsonNode each : json) {
      limits.add(
          new Call.Limit(
              each.path("rule").asText("limit"),
              new LimitUsage(
                  each.path("limit").asText("a limit"),
                  each.path("max").decimalValue(),
                  each.path("left").decimalValue(),
                  Optional.ofNullable(each.path("resetsAt").textValue())
                      .map(at -> Duration.between(time, Instant.parse(at))))));
    }
    return limits;
  }
}
