package dev.tollbar.consent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Two sets of arguments beside each other, value by value. */
public final class ArgumentDiff {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** What became of a value. */
  public enum Change {
    SAME('='),
    CHANGED('~'),
    ADDED('+'),
    REMOVED('-');

    private final char sign;

    Change(char sign) {
      this.sign = sign;
    }

    public char sign() {
      return sign;
    }
  }

  /**
   * One value.
   *
   * @param pointer where it stands: a JSON Pointer into the arguments
   * @param now the exact value, as JSON; absent if it was removed
   * @param before the value that it is compared with; absent if there was none
   */
  public record Line(
      Change change, String pointer, Optional<String> now, Optional<String> before) {}

  private ArgumentDiff() {}

  /**
   * Every value of the arguments, in their order, then those that are gone.
   *
   * @param before empty where there is nothing to compare with: then every value is the same
   */
  public static List<Line> of(String arguments, Optional<String> before) {
    Map<String, String> now = values(arguments);
    Map<String, String> then = before.map(ArgumentDiff::values).orElse(now);
    List<Line> lines = new ArrayList<>();
    now.forEach((pointer, value) -> {
      Optional<String> old = Optional.ofNullable(then.get(pointer));
      Change change =
          old.isEmpty() ? Change.ADDED : old.get().equals(value) ? Change.SAME : Change.CHANGED;
      lines.add(new Line(change, pointer, Optional.of(value), old));
    });
    for (String gone : new TreeSet<>(then.keySet())) {
      if (!now.containsKey(gone)) {
        lines.add(
            new Line(Change.REMOVED, gone, Optional.empty(), Optional.ofNullable(then.get(gone))));
      }
    }
    return lines;
  }

  private static Map<String, String> values(String json) {
    Map<String, String> values = new LinkedHashMap<>();
    try {
      collect("", JSON.readTree(json), values);
    } catch (JsonProcessingException e) {
      values.put("", json); // no gateway stores such
    }
    return values;
  }

  private static void collect(String pointer, JsonNode value, Map<String, String> values) {
    if (value.isObject() && !value.isEmpty()) {
      value
          .properties()
          .forEach(member ->
              collect(
                  pointer + "/" + member.getKey().replace("~", "~0").replace("/", "~1"),
                  member.getValue(),
                  values));
    } else if (value.isArray() && !value.isEmpty()) {
      for (int i = 0; i < value.size(); i++) {
        collect(pointer + "/" + i, value.path(i), values);
      }
    } else {
      values.put(pointer, CanonicalJson.of(value));
    }
  }
}
