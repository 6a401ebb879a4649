package dev.tollbar.lint;

import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds rules that no call reaches, and limits that count none (policy language, section 4). */
final class Reach {
  private static final Selector EVERY = Selector.of("*", Section.TOOLS, false);

  private final PolicyText policy;
  private final SectionText section;
  private final Findings findings;

  Reach(PolicyText policy, SectionText section, Findings findings) {
    this.policy = policy;
    this.section = section;
    this.findings = findings;
  }

  void review() {
    Optional<String> nothing = nothingGetsThrough();
    if (nothing.isPresent()) {
      section.everywhere().forEach(rule -> unreached(rule, nothing.get()));
    } else {
      rules(section.everywhere(), section.everywhere());
    }
    for (EntryText entry : section.entries()) {
      Optional<SectionText.Hidden> hidden = hides(entry);
      if (hidden.isPresent()) {
        add(
            FindingKind.UNREACHABLE_RULE,
            entry.pointer(),
            "no call reaches this entry: "
                + Wording.quote(entry.selector().text())
                + " is hidden by "
                + hidden.get().pointer()
                + "; take it from \"hide\", or remove the entry");
      } else {
        rules(entry.rules(), together(entry));
      }
    }
  }

  /** Why no call gets to the rules for all of them, if that is so. */
  private Optional<String> nothingGetsThrough() {
    String noun = section.section().noun();
    if (policy.shadow()) {
      return Optional.empty();
    }
    Optional<String> all =
        section.hidden().stream()
            .filter(hidden -> EntryText.covers(hidden.selector(), EVERY))
            .map(hidden -> hidden.pointer() + " hides every " + noun + "; hide what is meant")
            .findFirst();
    if (all.isPresent() || !section.denyByDefault()) {
      return all;
    }
    String denied = "\"default\" is \"deny\" and ";
    if (section.entries().isEmpty()) {
      return Optional.of(denied + "no entry lists a " + noun + "; list what is meant");
    }
    return section.entries().stream().allMatch(entry -> hides(entry).isPresent())
        ? Optional.of(denied + "all that entries list is hidden; take it from \"hide\"")
        : Optional.empty();
  }

  /** What is hidden and acted on. */
  private Optional<SectionText.Hidden> hides(EntryText entry) {
    return policy.shadow()
        ? Optional.empty()
        : section.hidden().stream()
            .filter(hidden -> EntryText.covers(hidden.selector(), entry.selector()))
            .findFirst();
  }

  /** All rules that are surely evaluated together with those of an entry, in order. */
  private List<RuleText> together(EntryText entry) {
    List<RuleText> together = new ArrayList<>(section.everywhere());
    section.entries().stream()
        .filter(other -> other.covers(entry))
        .forEach(other -> together.addAll(other.rules()));
    return together;
  }

  private void rules(List<RuleText> rules, List<RuleText> together) {
    for (RuleText rule : rules) {
      List<RuleText> before = together.subList(0, together.indexOf(rule));
      List<RuleText> decisive = rule.isLate() ? together : before;
      Optional<RuleText> denier =
          decisive.stream()
              .filter(other -> other.deniesAlways() && !other.equals(rule))
              .findFirst();
      if (denier.isPresent()) {
        unreached(rule, denier.get().pointer() + " denies every one; remove one of the two");
        continue;
      }
      before.stream()
          .filter(rule::countsOn)
          .findFirst()
          .ifPresent(other ->
              add(
                  FindingKind.COUNTED_TWICE,
                  rule.pointer(),
                  "calls count twice on the counter "
                      + Wording.quote(rule.config().path("counter").asText())
                      + ": here and by "
                      + other.pointer()
                      + "; give one of the two another counter"));
      before.stream()
          .filter(other -> !other.shadow() && other.saysTheSame(rule))
          .findFirst()
          .ifPresent(other ->
              add(
                  FindingKind.UNREACHABLE_RULE,
                  rule.pointer(),
                  "this rule says what "
                      + other.pointer()
                      + " says before it, and decides nothing; remove one of the two"));
    }
  }

  private void unreached(RuleText rule, String because) {
    if (rule.isLimit()) {
      add(
          FindingKind.LIMIT_NEVER_CONSULTED,
          rule.pointer(),
          "this limit never counts a call: " + because);
    } else {
      add(
          FindingKind.UNREACHABLE_RULE,
          rule.pointer(),
          (rule.isLate() ? "nobody is ever asked: " : "no call reaches this rule: ") + because);
    }
  }

  private void add(FindingKind kind, String pointer, String message) {
    findings.add(kind, policy.outline(), pointer, message);
  }
}
