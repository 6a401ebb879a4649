package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which values of arguments a policy wants in decision records. Immutable. */
public final class RecordedValues {
  public static final RecordedValues NONE = new RecordedValues(List.of());
  private static final String ROOT = "args";

  /** What is wanted of the calls of some tools. */
  public static final class Entry {
    private final Selector selector;
    private final Map<String, ValuePath> paths = new LinkedHashMap<>();

    public Entry(Selector selector) {
      this.selector = selector;
    }

    /**
     * Adds a path such as {@code args.amount}; {@code args} stands for all arguments.
     *
     * @throws InvalidConfigException if it is none
     */
    public void add(String path) {
      ValuePath parsed =
          (path.startsWith(ROOT)
                  ? ValuePath.parse(ROOT, path.substring(ROOT.length()))
                  : Optional.<ValuePath>empty())
              .orElseThrow(() ->
                  new InvalidConfigException(
                      "",
                      "\"args\" or a path such as args.amount, args.items[*].price or args[\"a.b\"]",
                      Wording.quote(path)));
      paths.put(path, parsed);
    }
  }

  private final List<Entry> entries;

  public RecordedValues(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** What is wanted, as the document has it: paths by selector. */
  public Map<String, Set<String>> texts() {
    Map<String, Set<String>> texts = new LinkedHashMap<>();
    entries.forEach(entry ->
        texts
            .computeIfAbsent(entry.selector.text(), _ -> new LinkedHashSet<>())
            .addAll(entry.paths.keySet()));
    return texts;
  }

  /** The values that are there, by their paths. */
  Map<String, JsonNode> of(Tool tool, ObjectNode arguments) {
    if (entries.isEmpty()) {
      return Map.of();
    }
    Map<String, JsonNode> values = new LinkedHashMap<>();
    List<Entry> matching = new ArrayList<>(entries);
    matching.removeIf(entry -> !entry.selector.matches(tool));
    for (Entry entry : matching) {
      entry.paths.forEach(
          (text, path) -> path.find(arguments).ifPresent(value -> values.put(text, value)));
    }
    return values;
  }
}
