package dev.tollbar.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.tollbar.api.Tool;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tools that stand for all that two policies tell apart: every one that is named, one for each
 * selector, one that no selector is for, and those that two selectors are for. So two policies can
 * be compared without their server.
 */
final class Samples {
  private static final String OTHER = "\u0000other";

  /** What a server says of tools of a category. */
  private static final Map<String, Map<String, JsonNode>> HINTS =
      Map.of(
          "read", Map.of("readOnlyHint", BooleanNode.TRUE),
          "write", Map.of("destructiveHint", BooleanNode.FALSE),
          "destructive", Map.of("destructiveHint", BooleanNode.TRUE));

  /** What servers may say beside: hints that are left out have values, too. */
  private static final List<Map<String, JsonNode>> OTHER_HINTS = otherHints();

  private final List<Selector> byHints;

  private Samples(List<Selector> byHints) {
    this.byHints = List.copyOf(byHints);
  }

  /** For selectors among these. */
  static Samples among(Collection<Selector> selectors) {
    return new Samples(selectors.stream().filter(Selector::needsSeen).toList());
  }

  private static List<Map<String, JsonNode>> otherHints() {
    List<Map<String, JsonNode>> all = new ArrayList<>(List.of(Map.of()));
    for (String hint : Selector.HINTS) {
      for (Map<String, JsonNode> hints : List.copyOf(all)) {
        for (boolean value : new boolean[] {true, false}) {
          Map<String, JsonNode> more = new HashMap<>(hints);
          more.put(hint, BooleanNode.valueOf(value));
          all.add(more);
        }
      }
    }
    return List.copyOf(all);
  }

  /** The selectors of both by their text, which is what their samples stand for. */
  static Map<String, Selector> selectors(Section section, List<Policy> policies) {
    Map<String, Selector> selectors = new LinkedHashMap<>();
    policies.stream()
        .flatMap(policy -> policy.section(section).stream())
        .flatMap(Samples::selectors)
        .filter(selector -> !(selector instanceof Selector.Unlisted)) // depends on the rest
        .forEach(selector -> selectors.putIfAbsent(selector.text(), selector));
    return selectors;
  }

  private static Stream<Selector> selectors(SectionRules rules) {
    return Stream.concat(
        rules.entries().stream().map(SectionRules.Entry::selector), rules.hide().stream());
  }

  /** One that no selector is for, if there can be one. */
  Tool other() {
    return alone(OTHER, Map.of(), List.of());
  }

  /** One that a selector is for, and others only if they are for all that it is for. */
  Tool of(Selector selector) {
    return alone(name(selector).orElse(OTHER), hints(selector), List.of(selector));
  }

  /** One that both are for; empty if neither is narrower, or no tool is known that both are for. */
  Optional<Tool> ofBoth(Selector one, Selector other) {
    if (one.matches(of(other)) || other.matches(of(one))) {
      return Optional.empty();
    }
    Map<String, JsonNode> hints = new HashMap<>(hints(one));
    hints.putAll(hints(other));
    return name(one, other)
        .map(name -> alone(name, hints, List.of(one, other)))
        .filter(tool -> one.matches(tool) && other.matches(tool));
  }

  /** One of this name and with these hints that as few selectors as can be are for. */
  private Tool alone(String name, Map<String, JsonNode> fixed, List<Selector> wanted) {
    Tool least = Tool.described(name, fixed);
    long fewest = Long.MAX_VALUE;
    for (Map<String, JsonNode> more : OTHER_HINTS) {
      Map<String, JsonNode> hints = new HashMap<>(more);
      hints.putAll(fixed);
      Tool tool = Tool.described(name, hints);
      long matching = byHints.stream().filter(selector -> selector.matches(tool)).count();
      if (matching < fewest && wanted.stream().allMatch(selector -> selector.matches(tool))) {
        least = tool;
        fewest = matching;
      }
      if (byHints.isEmpty() || fewest == 0) {
        break;
      }
    }
    return least;
  }

  private static Optional<String> name(Selector one, Selector other) {
    Optional<String> first = name(one);
    Optional<String> second = name(other);
    return first.isPresent() && second.isPresent()
        ? CommonName.of(first.get(), second.get())
        : Optional.of(first.or(() -> second).orElse(OTHER));
  }

  /** A pattern is for its own text, and wider patterns are for it too. */
  private static Optional<String> name(Selector selector) {
    return switch (selector) {
      case Selector.Exact _, Selector.Pattern _, Selector.Unlisted _ ->
          Optional.of(selector.text());
      case Selector.Category _, Selector.Annotation _ -> Optional.empty();
    };
  }

  private static Map<String, JsonNode> hints(Selector selector) {
    return switch (selector) {
      case Selector.Category(String category) -> HINTS.getOrDefault(category, Map.of());
      case Selector.Annotation annotation -> Map.of(annotation.name(), annotation.value());
      case Selector.Exact _, Selector.Pattern _, Selector.Unlisted _ -> Map.of();
    };
  }
}
