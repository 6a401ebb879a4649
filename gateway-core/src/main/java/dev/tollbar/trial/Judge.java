package dev.tollbar.trial;

import dev.tollbar.api.Call;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Tool;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.policy.ArgumentCheck;
import dev.tollbar.policy.ArgumentCheck.Finding;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Asks a policy about calls as the gateway does, and every rule what it saw. Free of effects. */
final class Judge {
  private final RuleWatch watch;

  Judge(RuleWatch watch) {
    this.watch = watch;
  }

  /**
   * Judges a call.
   *
   * @param check judges its arguments, where the policy wants that
   */
  Judged judge(Policy policy, Section section, Call call, ArgumentCheck check) {
    AtomicReference<Optional<Finding>> found = new AtomicReference<>(Optional.empty());
    List<Judged.Seen> seen = new ArrayList<>();
    Decision decision =
        policy.decide(
            call,
            section,
            arguments -> {
              Finding finding = check.check(arguments);
              found.set(Optional.of(finding));
              return finding;
            },
            watch.evaluatingBy((rule, asked) -> {
              Explanation explanation = watch.explain(rule, asked);
              seen.add(new Judged.Seen(rule, Optional.of(explanation)));
              return explanation.verdict();
            }));
    Optional<SectionRules> rules = policy.section(section);
    if (rules.isPresent()) {
      List<ConfiguredRule> all = applicable(rules.get(), call.tool());
      all.subList(Math.min(seen.size(), all.size()), all.size())
          .forEach(rule -> seen.add(new Judged.Seen(rule, Optional.empty())));
    }
    return new Judged(
        decision,
        found.get(),
        seen,
        rules.stream()
            .flatMap(known -> known.entries().stream())
            .map(SectionRules.Entry::selector)
            .filter(selector -> selector.matches(call.tool()))
            .map(selector -> selector.text())
            .toList());
  }

  /** Every rule for a tool, in the order in which they run. */
  private static List<ConfiguredRule> applicable(SectionRules rules, Tool tool) {
    List<ConfiguredRule> applicable = new ArrayList<>(rules.all());
    rules.entries().stream()
        .filter(entry -> entry.selector().matches(tool))
        .forEach(entry -> applicable.addAll(entry.rules()));
    return applicable;
  }
}
