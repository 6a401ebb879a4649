package dev.tollbar.trial;

import java.util.Collection;
import java.util.List;

/** Writes what came of tests for people. */
final class TestText {
  private final Palette palette;
  private final StringBuilder text = new StringBuilder();

  TestText(Palette palette) {
    this.palette = palette;
  }

  String of(TestReport report) {
    report.files().forEach(this::file);
    report.uses().forEach(this::idle);
    total(report);
    return text.toString();
  }

  /** One failed case, as a build server shows it. */
  String of(String file, CaseReport.Failure failure) {
    failure(file, failure, "");
    return text.toString();
  }

  private void file(FileReport file) {
    line(palette.strong(file.file()) + " tests " + file.subject());
    for (CaseReport each : file.cases()) {
      if (each.failure().isEmpty()) {
        line("  " + palette.good("ok") + "    " + each.name());
      } else {
        line("  " + palette.bad("FAIL") + "  " + each.name());
        failure(file.file(), each.failure().get(), "        ");
      }
    }
  }

  private void failure(String file, CaseReport.Failure failure, String indent) {
    line(indent + file + ":" + failure.line() + ":" + failure.column() + ": " + failure.call());
    failure.message().ifPresent(message -> line(indent + "  " + palette.bad(message)));
    failure.differences().forEach(each -> difference(each, indent + "  "));
    failure
        .judged()
        .ifPresent(judged ->
            new ExplainedText(palette)
                .of(judged.rules())
                .lines()
                .forEach(line -> line(indent + line)));
  }

  private void difference(Difference each, String indent) {
    if (each.isOne()) {
      line(indent + palette.bad("- " + each.what() + ": " + each.expected().orElse("")));
      line(indent + palette.good("+ " + each.what() + ": " + each.found()));
    } else {
      line(indent + palette.faint("  " + each.what() + ": " + each.found()));
    }
  }

  private void idle(String subject, Collection<RuleUses.Use> uses) {
    List<RuleUses.Use> idle = uses.stream().filter(use -> !use.decided()).toList();
    if (idle.isEmpty()) {
      return;
    }
    line("");
    line(palette.notable("rules of " + subject + " that never decided anything:"));
    for (RuleUses.Use use : idle) {
      line(
          "  "
              + use.name()
              + "  "
              + use.kind()
              + (use.reached() ? "  reached, but always permitted" : "  never reached"));
    }
  }

  private void total(TestReport report) {
    int cases = report.files().stream().mapToInt(FileReport::count).sum();
    int failed = report.failures();
    List<RuleUses.Use> uses = report.uses().values().stream().flatMap(Collection::stream).toList();
    long decided = uses.stream().filter(RuleUses.Use::decided).count();
    String counted = cases + (cases == 1 ? " case" : " cases");
    line("");
    line(
        (failed == 0
                ? palette.good(counted + ", none failed")
                : counted + ", " + palette.bad(failed + " failed"))
            + "; "
            + decided
            + " of "
            + uses.size()
            + (uses.size() == 1 ? " rule" : " rules")
            + " decided something");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
