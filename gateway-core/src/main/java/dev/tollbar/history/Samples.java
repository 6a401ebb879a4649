package dev.tollbar.history;

import dev.tollbar.api.Tool;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tools that stand for all that two policies tell apart: every one that is named, one for each
 * selector, and one that no selector is for. So two policies can be compared without their server.
 */
final class Samples {
  private static final String OTHER = "\u0000other";

  private Samples() {}

  /** The samples by what they stand for; empty text for all others. */
  static Map<String, Tool> of(Section section, List<Policy> policies) {
    Map<String, Tool> samples = new LinkedHashMap<>();
    policies.stream()
        .flatMap(policy -> policy.section(section).stream())
        .flatMap(Samples::selectors)
        .forEach(selector -> samples.putIfAbsent(selector.text(), sample(selector)));
    samples.remove("@unlisted"); // what it is for depends on the rest
    samples.put("", new Tool(OTHER, Optional.empty(), Map.of(), true));
    return samples;
  }

  private static Stream<Selector> selectors(SectionRules rules) {
    return Stream.concat(
        rules.entries().stream().map(SectionRules.Entry::selector), rules.hide().stream());
  }

  private static Tool sample(Selector selector) {
    return switch (selector) {
      case Selector.Category(String category) ->
          new Tool(OTHER, Optional.of(category), Map.of(), true);
      case Selector.Annotation annotation ->
          new Tool(OTHER, Optional.empty(), Map.of(annotation.name(), annotation.value()), true);
      // A pattern is for its own text, and wider patterns are for it too.
      case Selector.Exact _, Selector.Pattern _, Selector.Unlisted _ ->
          new Tool(selector.text(), Optional.empty(), Map.of(), true);
    };
  }
}
