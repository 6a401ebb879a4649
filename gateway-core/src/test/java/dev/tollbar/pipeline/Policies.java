package dev.tollbar.pipeline;

import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import java.util.List;
import java.util.Map;

/** Policies that say the same of tools, prompts and resources. */
final class Policies {
  private Policies() {}

  /** A rule for every call. */
  static Policy everywhere(FakeRule rule, ServerRequest... refused) {
    return everywhere(
        new SectionRules(false, List.of(), List.of(rule.configured()), List.of()), refused);
  }

  static Policy everywhere(SectionRules rules, ServerRequest... refused) {
    return new Policy(
        "p",
        false,
        Map.of(Section.TOOLS, rules, Section.PROMPTS, rules, Section.RESOURCES, rules),
        List.of(refused));
  }
}
