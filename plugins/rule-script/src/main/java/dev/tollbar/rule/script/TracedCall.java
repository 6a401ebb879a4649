package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Observation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@code call} of a script, which notes what the script reads of it. For one run. */
final class TracedCall extends CallView {
  private static final int MOST = 100;
  private static final int LONGEST = 80;

  /** What conditions call the members of a script's call. */
  private static final Map<String, String> PATHS =
      Map.of(
          "tool", "tool.name",
          "grant", "grant.name",
          "labels", "grant.labels",
          "category", "tool.category",
          "annotations", "tool.annotations");

  private final Call call;

  /** Written by the script's worker, read by the caller once it has ended. */
  private final Map<String, JsonNode> reads = new LinkedHashMap<>();

  TracedCall(Call call, Optional<JsonNode> limits) {
    super(call, limits);
    this.call = call;
  }

  @Override
  public @Nullable Object getMember(String key) {
    if (key.equals("args")) {
      return of(call.arguments(), "args");
    }
    if (key.equals("limits")) {
      return of(limits(), "limits");
    }
    if (key.equals("annotations")) {
      note("tool.annotations", annotations());
      return super.getMember(key);
    }
    Object value = super.getMember(key);
    note(
        PATHS.getOrDefault(key, key),
        value instanceof String text ? TextNode.valueOf(text) : MissingNode.getInstance());
    return value;
  }

  @Override
  public boolean hasMember(String key) {
    if (key.equals("category")) {
      note(
          "tool.category",
          call.tool()
              .category()
              .<JsonNode>map(TextNode::valueOf)
              .orElseGet(MissingNode::getInstance));
    }
    return super.hasMember(key);
  }

  private ObjectNode annotations() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    call.tool().annotations().forEach(all::set);
    return all;
  }

  /** What the script read so far, in the order in which it first did. */
  List<Observation> observations() {
    synchronized (reads) {
      List<Observation> observations = new ArrayList<>();
      reads.forEach((path, value) ->
          observations.add(
              Observation.of(
                  path,
                  value.isMissingNode() ? "is not there" : "is " + cut(value.toString()),
                  value.isMissingNode() ? Map.of() : Map.of("found", value))));
      return observations;
    }
  }

  private void note(String path, JsonNode value) {
    synchronized (reads) {
      if (reads.size() < MOST) {
        reads.putIfAbsent(path, value);
      }
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  private @Nullable Object of(JsonNode node, String path) {
    return switch (node.getNodeType()) {
      case OBJECT -> new TracedObject(node, path);
      case ARRAY -> new TracedArray(node, path);
      default -> {
        note(path, node);
        yield JsonView.of(node);
      }
    };
  }

  private final class TracedObject extends ReadOnlyObject {
    private final JsonNode node;
    private final String path;

    TracedObject(JsonNode node, String path) {
      this.node = node;
      this.path = path;
    }

    @Override
    public @Nullable Object getMember(String key) {
      return of(node.path(key), below(key));
    }

    @Override
    public boolean hasMember(String key) {
      if (!node.has(key)) {
        note(below(key), MissingNode.getInstance());
      }
      return node.has(key);
    }

    @Override
    List<String> names() {
      note(path, node);
      return node.propertyStream().map(Map.Entry::getKey).toList();
    }

    private String below(String key) {
      return key.matches("[^.\\[\\]\"\\s]+")
          ? path + "." + key
          : path + "[" + TextNode.valueOf(key) + "]";
    }
  }

  private final class TracedArray extends ReadOnlyObject.ReadOnlyArray {
    private final JsonNode node;
    private final String path;

    TracedArray(JsonNode node, String path) {
      super(node.size());
      this.node = node;
      this.path = path;
      note(path, node);
    }

    @Override
    public @Nullable Object get(long index) {
      return of(node.path((int) index), path + "[" + index + "]");
    }
  }
}
