package dev.tollbar.trial;

import java.nio.file.Path;
import java.util.List;

/**
 * What came of one test file.
 *
 * @param file as the user names it
 * @param subject the policy or document on test, as the file names it
 * @param uses what each of its rules was good for, over all cases
 */
public record FileReport(
    String file, String subject, List<CaseReport> cases, List<RuleUses.Use> uses) {

  public FileReport {
    cases = List.copyOf(cases);
    uses = List.copyOf(uses);
  }

  /** The policy or document on test, as the user would name it. */
  String place() {
    Path folder = Path.of(file).getParent();
    return folder == null ? subject : folder.resolve(subject).normalize().toString();
  }

  /** How many cases there are. */
  public int count() {
    return cases.size();
  }

  /** How many of them failed. */
  public int failures() {
    return (int) cases.stream().filter(each -> each.failure().isPresent()).count();
  }
}
