package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.Contradiction;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks at rules one by one: what their words mean, and what their author may think they mean. */
final class RuleWording {
  private final PolicyText policy;
  private final SectionText section;
  private final Findings findings;

  RuleWording(PolicyText policy, SectionText section, Findings findings) {
    this.policy = policy;
    this.section = section;
    this.findings = findings;
  }

  void review() {
    section.everywhere().forEach(rule -> rule(rule, section.everywhere()));
    for (EntryText entry : section.entries()) {
      star(entry);
      destructive(entry);
      List<RuleText> together =
          Stream.concat(section.everywhere().stream(), entry.rules().stream()).toList();
      entry.rules().forEach(rule -> rule(rule, together));
    }
  }

  private void rule(RuleText rule, List<RuleText> together) {
    switch (rule.kind()) {
      case "deny_if" -> {
        Conditions.each(
            rule.pointer(),
            rule.config(),
            leftOut(
                FindingKind.DENY_IF_BYPASS,
                together,
                " is not denied by this rule; add a \"require\" that it exists"));
        contradiction(rule, "the rule denies only what it cannot judge");
      }
      case "require" -> {
        Conditions.eachNot(
            rule.pointer(),
            rule.config(),
            leftOut(
                FindingKind.REQUIRE_BYPASS,
                together,
                " passes this \"not\"; add a condition that it exists"));
        pattern(rule);
        contradiction(rule, "the rule denies every call");
      }
      case "limits" -> session(rule);
      case "rate_limit" ->
          add(
              FindingKind.SESSION_SCOPE,
              rule.pointer(),
              "rate_limit counts by session, so that a client that connects again begins with a"
                  + " fresh one; use \"limits\" with \"window\": \""
                  + rule.config().path("window").asText()
                  + "s\"");
      default -> {}
    }
  }

  /** Tells of conditions on arguments that a call may leave out. */
  private Conditions.Visitor leftOut(FindingKind kind, List<RuleText> together, String so) {
    List<String> demanded = demanded(together);
    return (where, condition) -> {
      String path = condition.path("path").asText();
      if (path.startsWith("args")
          && !condition.path("op").asText().equals("exists")
          && !demanded.contains(path)) {
        add(kind, where, "a call that leaves out " + path + so);
      }
    };
  }

  /** The arguments without which no call passes. */
  private static List<String> demanded(List<RuleText> together) {
    List<String> demanded = new ArrayList<>();
    together.stream()
        .filter(other -> other.kind().equals("require") && !other.shadow())
        .forEach(other -> demanded.addAll(Conditions.demanded(other.config())));
    return demanded;
  }

  private void pattern(RuleText rule) {
    Conditions.each(
        rule.pointer(),
        rule.config(),
        (where, condition) -> {
          String pattern = condition.path("value").asText();
          if (condition.path("op").asText().equals("regex") && !Conditions.anchored(pattern)) {
            add(
                FindingKind.UNANCHORED_REGEX,
                where,
                "the pattern "
                    + Wording.quote(pattern)
                    + " may match a part of the text; write \"^(?:…)$\" to match all of it");
          }
        });
  }

  private void contradiction(RuleText rule, String so) {
    Conditions.together(rule.config())
        .forEach((path, asked) -> {
          if (Contradiction.in(asked)) {
            add(
                FindingKind.CONTRADICTION,
                rule.pointer(),
                path + " cannot be all that these conditions ask of it, so that " + so);
          }
        });
  }

  private void session(RuleText rule) {
    JsonNode scope = rule.config().path("scope");
    boolean session = scope.asText().equals("session");
    for (JsonNode one : scope) {
      session |= one.asText().equals("session");
    }
    if (session) {
      add(
          FindingKind.SESSION_SCOPE,
          rule.pointer() + "/scope",
          "a client that connects again begins with a fresh limit; use the scope \"grant\"");
    }
  }

  private void star(EntryText entry) {
    if (!section.denyByDefault() || !entry.selector().text().equals("*")) {
      return;
    }
    String noun = section.section().noun();
    add(
        FindingKind.STAR_UNDER_DEFAULT_DENY,
        entry.pointer(),
        policy.first()
            ? "in version 1 \"*\" is the name of a tool and lists no other; name the tools that are"
                + " meant"
            : "\"*\" lists every "
                + noun
                + ", so that \"default\": \"deny\" refuses none; name the "
                + noun
                + "s that are meant");
  }

  private void destructive(EntryText entry) {
    boolean free =
        Stream.concat(section.everywhere().stream(), entry.rules().stream())
            .allMatch(RuleText::shadow);
    if (section.section() == Section.TOOLS && free && !policy.shadow() && destroys(entry)) {
      add(
          FindingKind.DESTRUCTIVE_WITHOUT_RULE,
          entry.pointer(),
          "tools that destroy are allowed without any rule; add one, such as \"approval\" or"
              + " \"limits\", or deny them");
    }
  }

  private static boolean destroys(EntryText entry) {
    return switch (entry.selector()) {
      case Selector.Category(String category) -> category.equals("destructive");
      case Selector.Annotation annotation ->
          annotation.name().equals("destructiveHint") && annotation.value().asBoolean();
      case Selector.Exact _, Selector.Pattern _, Selector.Unlisted _ -> false;
    };
  }

  private void add(FindingKind kind, String pointer, String message) {
    findings.add(kind, policy.outline(), pointer, message);
  }
}
