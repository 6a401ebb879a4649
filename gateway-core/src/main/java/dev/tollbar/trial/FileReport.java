package dev.tollbar.trial;

import dev.tollbar.document.Problem;
import dev.tollbar.policy.Wording;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

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

  /** Each case that failed, as a problem with its place: one line each. */
  public List<Problem> problems() {
    return cases.stream()
        .flatMap(each ->
            each.failure().stream()
                .map(failure ->
                    new Problem(
                        file,
                        failure.line(),
                        failure.column(),
                        "",
                        "case " + Wording.quote(each.name()) + " failed: " + said(failure))))
        .toList();
  }

  private static String said(CaseReport.Failure failure) {
    return failure.call()
        + ": "
        + failure
            .message()
            .orElseGet(() ->
                failure.differences().stream()
                    .filter(Difference::isOne)
                    .map(each ->
                        "expected %s %s; found %s"
                            .formatted(each.what(), each.expected().orElse(""), each.found()))
                    .collect(Collectors.joining(", ")));
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
