package dev.tollbar.policy;

import dev.tollbar.api.Tool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What a policy says about its tools, prompts or resources. Immutable but for a bounded cache of
 * what applies to which tool; safe for use by many threads.
 */
public final class SectionRules {
  private static final int MOST_CACHED = 4096;

  /** One entry of the document: what is for which tools. */
  public record Entry(Selector selector, List<ConfiguredRule> rules) {
    public Entry {
      rules = List.copyOf(rules);
    }
  }

  /**
   * What applies to one tool.
   *
   * @param hidden taken off lists, and denied
   * @param unknown some selector cannot be judged, because the tool was not seen
   * @param refused not listed, and denied by default
   * @param rules what is to be evaluated, in order
   */
  record Applicable(boolean hidden, boolean unknown, boolean refused, List<ConfiguredRule> rules) {}

  private record Cached(Tool tool, Applicable applicable) {}

  private final boolean denyByDefault;
  private final List<Selector> hide;
  private final List<ConfiguredRule> all;
  private final List<Entry> entries;
  private final Map<String, List<Integer>> exact = new HashMap<>();
  private final List<Integer> patterns = new ArrayList<>();
  private final boolean needsSeen;
  private final boolean hidesUnlisted;
  private final Map<String, Cached> cache = new ConcurrentHashMap<>();

  /**
   * Compiles one section.
   *
   * @param all rules for every call, evaluated before those of entries
   */
  public SectionRules(
      boolean denyByDefault, List<Selector> hide, List<ConfiguredRule> all, List<Entry> entries) {
    this.denyByDefault = denyByDefault;
    this.hide = List.copyOf(hide);
    this.all = List.copyOf(all);
    this.entries = List.copyOf(entries);
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).selector() instanceof Selector.Exact(String name)) {
        exact.computeIfAbsent(name, _ -> new ArrayList<>()).add(i);
      } else {
        patterns.add(i);
      }
    }
    needsSeen =
        Stream.concat(hide.stream(), entries.stream().map(Entry::selector))
            .anyMatch(Selector::needsSeen);
    hidesUnlisted = hide.stream().anyMatch(Selector.Unlisted.class::isInstance);
  }

  public boolean denyByDefault() {
    return denyByDefault;
  }

  public List<Selector> hide() {
    return hide;
  }

  public List<ConfiguredRule> all() {
    return all;
  }

  public List<Entry> entries() {
    return entries;
  }

  /** Whether something in it goes by what only the server's own list says of a tool. */
  public boolean needsSeen() {
    return needsSeen;
  }

  /** Whether it matters what else a name stands for: others are told apart, and not this one. */
  boolean mayMistake(String name) {
    return !exact.containsKey(name) && !(entries.isEmpty() && hide.isEmpty());
  }

  /** What applies to a tool; of the same cost however many entries are for other tools. */
  Applicable applicable(Tool tool) {
    Cached known = cache.get(tool.name());
    if (known != null && known.tool().equals(tool)) {
      return known.applicable();
    }
    Applicable applicable = resolve(tool);
    if (!applicable.refused() || tool.seen()) {
      if (cache.size() >= MOST_CACHED) {
        cache.clear();
      }
      cache.put(tool.name(), new Cached(tool, applicable));
    }
    return applicable;
  }

  private Applicable resolve(Tool tool) {
    List<Integer> matching = new ArrayList<>(exact.getOrDefault(tool.name(), List.of()));
    for (int position : patterns) {
      if (entries.get(position).selector().matches(tool)) {
        matching.add(position);
      }
    }
    matching.sort(null);
    List<ConfiguredRule> rules = new ArrayList<>(all);
    matching.forEach(position -> rules.addAll(entries.get(position).rules()));
    boolean refused = denyByDefault && matching.isEmpty();
    boolean unknown = needsSeen && !tool.seen();
    boolean hidden =
        hide.stream().anyMatch(selector -> selector.matches(tool))
            || (hidesUnlisted && refused && !unknown);
    return new Applicable(hidden, unknown, refused, List.copyOf(rules));
  }
}
