package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * JSON as a script sees it, converted only where it is touched: the cost follows the script, not
 * the size of the arguments.
 *
 * <p>A number becomes the nearest JavaScript number. Scripts that need exact decimals leave them to
 * conditions and limits.
 */
final class JsonView {
  private JsonView() {}

  static @Nullable Object of(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> new ObjectView(node);
      case ARRAY -> new ArrayView(node);
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      case NULL, MISSING -> null;
      case BINARY, POJO -> node.asText();
    };
  }

  private static Object number(JsonNode node) {
    if (node.isInt()) {
      return node.intValue();
    }
    return node.doubleValue();
  }

  private static final class ObjectView extends ReadOnlyObject {
    private final JsonNode node;

    ObjectView(JsonNode node) {
      this.node = node;
    }

    @Override
    public @Nullable Object getMember(String key) {
      return JsonView.of(node.path(key));
    }

    @Override
    public boolean hasMember(String key) {
      return node.has(key);
    }

    @Override
    List<String> names() {
      List<String> names = new ArrayList<>(node.size());
      node.fieldNames().forEachRemaining(names::add);
      return names;
    }
  }

  private static final class ArrayView extends ReadOnlyObject.ReadOnlyArray {
    private final JsonNode node;

    ArrayView(JsonNode node) {
      super(node.size());
      this.node = node;
    }

    @Override
    public @Nullable Object get(long index) {
      return JsonView.of(node.path((int) index));
    }
  }

  /** A map of the API. */
  static final class MapView<V> extends ReadOnlyObject {
    private final Map<String, V> map;
    private final Function<V, @Nullable Object> convert;

    MapView(Map<String, V> map, Function<V, @Nullable Object> convert) {
      this.map = map;
      this.convert = convert;
    }

    @Override
    public @Nullable Object getMember(String key) {
      V value = map.get(key);
      return value == null ? null : convert.apply(value);
    }

    @Override
    public boolean hasMember(String key) {
      return map.containsKey(key);
    }

    @Override
    List<String> names() {
      return map.keySet().stream().sorted().toList();
    }
  }
}
