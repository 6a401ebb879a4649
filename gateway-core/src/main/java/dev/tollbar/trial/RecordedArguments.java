package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionReader;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a recorded call, as far as the record has them. It notes whether anybody looks
 * at a value that it does not have, and then tells nothing true of it. All reading of a tree goes
 * through its map, so that nothing can look past this.
 *
 * <p>Its notes may be written by any thread.
 */
final class RecordedArguments {
  /** As records cut: see {@code docs/records.md}. */
  private static final String CUT = "…";

  private static final int MOST_KEYS = 100;
  private static final Pattern STEP =
      Pattern.compile("\\.([^.\\[\\]\"\\s]+)|\\[\"((?:[^\"\\\\])*)\"]");

  private final Set<String> missed = Collections.synchronizedSet(new TreeSet<>());
  private final ObjectNode node;

  private RecordedArguments(DecisionReader.Entry record) {
    JsonNode values = record.json().path("values");
    JsonNode all = values.path("args");
    if (all instanceof ObjectNode whole) {
      node = whole;
      return;
    }
    Optional<Set<String>> keys = keys(record.json().path("argument_keys"));
    Level root = new Level("args", keys);
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      boolean cut = value.getValue().isTextual() && value.getValue().textValue().endsWith(CUT);
      steps(value.getKey()).filter(_ -> !cut).ifPresent(steps -> root.put(steps, value.getValue()));
    }
    node = root.node();
  }

  static RecordedArguments of(DecisionReader.Entry record) {
    return new RecordedArguments(record);
  }

  /** What the arguments are to rules. */
  ObjectNode node() {
    return node;
  }

  /** Forgets what was looked at. */
  void forget() {
    missed.clear();
  }

  /** The arguments that somebody looked at, and that are not recorded. */
  Set<String> missed() {
    synchronized (missed) {
      return new TreeSet<>(missed);
    }
  }

  /** The names of all arguments; empty if the record may have left out some. */
  private static Optional<Set<String>> keys(JsonNode recorded) {
    if (!recorded.isArray() || recorded.size() >= MOST_KEYS) {
      return Optional.empty();
    }
    Set<String> keys = new LinkedHashSet<>();
    for (JsonNode key : recorded) {
      if (key.asText().endsWith(CUT)) {
        return Optional.empty();
      }
      keys.add(key.asText());
    }
    return Optional.of(keys);
  }

  /** The members that a path leads through; empty if it leads through a list. */
  private static Optional<List<String>> steps(String path) {
    if (!path.startsWith("args")) {
      return Optional.empty();
    }
    List<String> steps = new ArrayList<>();
    Matcher step = STEP.matcher(path).region("args".length(), path.length());
    while (step.lookingAt()) {
      steps.add(Optional.ofNullable(step.group(1)).orElseGet(() -> step.group(2)));
      step.region(step.end(), path.length());
    }
    return step.regionStart() == path.length() && !steps.isEmpty()
        ? Optional.of(steps)
        : Optional.empty();
  }

  /** An object of which some members are known. */
  private final class Level {
    private final String path;
    private final Optional<Set<String>> keys;
    private final Map<String, JsonNode> known = new LinkedHashMap<>();
    private final Map<String, Level> below = new LinkedHashMap<>();

    /**
     * A level.
     *
     * @param keys the names of all members, if they are known
     */
    Level(String path, Optional<Set<String>> keys) {
      this.path = path;
      this.keys = keys;
    }

    void put(List<String> steps, JsonNode value) {
      String step = steps.getFirst();
      if (steps.size() == 1) {
        known.put(step, value);
      } else {
        below
            .computeIfAbsent(step, name -> new Level(path + "." + name, Optional.empty()))
            .put(steps.subList(1, steps.size()), value);
      }
    }

    ObjectNode node() {
      below.forEach((name, level) -> known.putIfAbsent(name, level.node()));
      return new ObjectNode(JsonNodeFactory.instance, new Members());
    }

    /** The members, as a tree reads them: whatever it does but look up a name, it sees them all. */
    private final class Members extends AbstractMap<String, JsonNode> {

      private void miss(String name) {
        missed.add(path + (name.isEmpty() ? "" : "." + name));
      }

      @Override
      public @Nullable JsonNode get(@Nullable Object key) {
        JsonNode value = known.get(key);
        if (value == null && containsKey(key)) {
          miss(String.valueOf(key));
        }
        return value;
      }

      @Override
      public boolean containsKey(@Nullable Object key) {
        if (known.containsKey(key)) {
          return true;
        }
        if (keys.isEmpty()) {
          miss(String.valueOf(key));
        }
        return keys.map(names -> names.contains(key)).orElse(false);
      }

      @Override
      public int size() {
        return keySet().size();
      }

      @Override
      public boolean isEmpty() {
        return keySet().isEmpty();
      }

      @Override
      public Set<String> keySet() {
        if (keys.isEmpty()) {
          miss("");
        }
        return keys.orElseGet(known::keySet);
      }

      @Override
      public Set<Map.Entry<String, JsonNode>> entrySet() {
        if (keys.isEmpty() || !known.keySet().containsAll(keys.get())) {
          miss("");
        }
        Map<String, JsonNode> all = new LinkedHashMap<>(known);
        keys.ifPresent(names -> names.forEach(name -> all.putIfAbsent(name, NullNode.instance)));
        return all.entrySet();
      }
    }
  }
}
