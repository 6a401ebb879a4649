package dev.tollbar.lint;

import dev.tollbar.document.Outline;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks through a document for what its author hardly means, and through the files that hold its
 * policies. The document is one that reads without a problem. Pure but for reading those files.
 */
public final class Linter {
  private Linter() {}

  /** All findings, file by file, in the order of the file. */
  public static List<Finding> review(Outline document) {
    Findings findings = new Findings();
    List<PolicyText> policies = PolicyTexts.of(document);
    new PlainSecrets(document, findings).review();
    for (PolicyText policy : policies) {
      for (SectionText section : policy.sections()) {
        new SelectorWording(policy, section, findings).review();
        new RuleWording(policy, section, findings).review();
        new Reach(policy, section, findings).review();
      }
    }
    return sorted(document, findings.all());
  }

  /** What is found when the servers have said which tools they have. */
  public static List<Finding> review(Outline document, ServerTools tools) {
    Findings findings = new Findings();
    tools.review(document, PolicyTexts.of(document), findings);
    return sorted(document, findings.all());
  }

  /**
   * The same for a file that is one policy.
   *
   * @param name what the policy is called instead of the name in the file
   */
  public static List<Finding> reviewPolicy(Outline file, String name, ServerTools tools) {
    Findings findings = new Findings();
    List<PolicyText> policies =
        PolicyTexts.of(file).stream().map(policy -> policy.named(name)).toList();
    tools.review(file, policies, findings);
    return sorted(file, findings.all());
  }

  private static List<Finding> sorted(Outline document, List<Finding> findings) {
    List<String> files =
        Stream.concat(
                Stream.of(document.file()),
                findings.stream().map(finding -> finding.place().file()))
            .distinct()
            .toList();
    return findings.stream()
        .sorted(
            Comparator.comparingInt((Finding finding) -> files.indexOf(finding.place().file()))
                .thenComparingInt(finding -> finding.place().line())
                .thenComparingInt(finding -> finding.place().column()))
        .toList();
  }
}
