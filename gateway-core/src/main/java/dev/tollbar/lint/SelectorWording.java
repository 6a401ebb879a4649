package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Wording;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds selectors that are for nothing that a server can have. */
final class SelectorWording {
  /** What other languages of patterns have, and no name of a tool or prompt. */
  private static final Pattern OTHER_PATTERN = Pattern.compile("[\\[\\]{}?\\\\^$|()]|\\s");

  private final PolicyText policy;
  private final SectionText section;
  private final Findings findings;

  SelectorWording(PolicyText policy, SectionText section, Findings findings) {
    this.policy = policy;
    this.section = section;
    this.findings = findings;
  }

  void review() {
    section.entries().forEach(entry -> review(entry.selector(), entry.pointer()));
    section.hidden().forEach(hidden -> review(hidden.selector(), hidden.pointer()));
  }

  private void review(Selector selector, String pointer) {
    Optional<String> why = policy.first() ? first(selector) : second(selector);
    why.ifPresent(message ->
        findings.add(FindingKind.SELECTOR_FOR_NOTHING, policy.outline(), pointer, message));
  }

  /** A star alone has a meaning in {@code hide}, and a finding of its own as an entry. */
  private static Optional<String> first(Selector selector) {
    String text = selector.text();
    return !text.equals("*") && (text.contains("*") || text.startsWith("@"))
        ? Optional.of(
            "in version 1 names stand for themselves, and no tool is called "
                + Wording.quote(text)
                + "; name the tools, or use version 2")
        : Optional.empty();
  }

  private Optional<String> second(Selector selector) {
    return switch (selector) {
      case Selector.Annotation(var _, String name, JsonNode value) -> annotation(name, value);
      case Selector.Exact _, Selector.Pattern _ -> name(selector.text());
      case Selector.Category _, Selector.Unlisted _ -> Optional.empty();
    };
  }

  /** URIs may hold anything. */
  private Optional<String> name(String text) {
    return section.section() != Section.RESOURCES && OTHER_PATTERN.matcher(text).find()
        ? Optional.of(
            "no "
                + section.section().noun()
                + " is called "
                + Wording.quote(text)
                + ": only * stands for other characters")
        : Optional.empty();
  }

  private static Optional<String> annotation(String name, JsonNode value) {
    if (Selector.HINTS.contains(name)) {
      return value.isBoolean()
          ? Optional.empty()
          : Optional.of(name + " is true or false; found " + Wording.quote(value.asText()));
    }
    String near = Wording.didYouMean(name, Selector.HINTS);
    return near.isEmpty()
        ? Optional.empty()
        : Optional.of("the protocol has no annotation " + Wording.quote(name) + near);
  }
}
