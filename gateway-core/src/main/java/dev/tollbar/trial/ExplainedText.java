package dev.tollbar.trial;

import dev.tollbar.api.Explanation;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Verdict;
import dev.tollbar.consent.Texts;
import dev.tollbar.policy.ArgumentCheck.Finding;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.RuleVerdict;
import dev.tollbar.policy.Wording;
import java.util.List;

/** Writes explanations for people. */
final class ExplainedText {
  private final Palette palette;
  private final StringBuilder text = new StringBuilder();

  ExplainedText(Palette palette) {
    this.palette = palette;
  }

  String of(Explained explained) {
    switch (explained) {
      case Explained.TurnedAway away -> {
        head(away.sketch());
        line("revision " + away.revision());
        line("");
        line(
            palette.bad("refused")
                + " before any policy, with HTTP "
                + away.refused().status()
                + ": "
                + Texts.visible(away.refused().reason()));
      }
      case Explained.Judgement judgement -> judgement(judgement);
    }
    return text.toString();
  }

  /** What rules saw and said, by themselves. */
  String of(List<Judged.Seen> rules) {
    rules(rules);
    return text.toString();
  }

  private void head(CallSketch sketch) {
    line(
        palette.strong(
                TrialCall.method(sketch.section()) + " " + Texts.visible(sketch.tool().name()))
            + " on "
            + Texts.visible(sketch.server())
            + " by grant "
            + Texts.visible(sketch.grant())
            + " at "
            + sketch.time());
    line("arguments " + Texts.visible(sketch.arguments().toString()));
    if (!sketch.tool().seen() && sketch.section() == dev.tollbar.policy.Section.TOOLS) {
      line("the tool as not seen in the server's own list: no category, no annotations");
    }
  }

  private void judgement(Explained.Judgement judgement) {
    head(judgement.sketch());
    line("policy " + judgement.policy() + (judgement.shadow() ? " (shadow)" : ""));
    line("revision " + judgement.revision());
    Judged judged = judgement.judged();
    if (!judged.listedBy().isEmpty()) {
      line("listed by " + String.join(", ", judged.listedBy()));
    }
    judged
        .arguments()
        .filter(finding -> !(finding instanceof Finding.Unchecked(boolean seen, var _)) || seen)
        .ifPresent(finding -> line("arguments " + Texts.visible(said(finding))));
    line("");
    judged.decision().trace().stream()
        .filter(said -> said.rule().kind().equals(said.rule().pointer()))
        .forEach(this::ofThePolicy);
    rules(judged.rules());
    line("");
    decision(judged);
  }

  /** What the tool's input schema says of the arguments. */
  static String said(Finding finding) {
    return switch (finding) {
      case Finding.Fits _ -> "fit the tool's input schema";
      case Finding.Differs(String faults) -> "do not fit the tool's input schema: " + faults;
      case Finding.Unchecked unchecked -> "not checked: " + unchecked.why();
    };
  }

  /** What a policy in shadow mode would have denied by itself. */
  private void ofThePolicy(RuleVerdict said) {
    line(
        "     "
            + said.rule().pointer()
            + "  "
            + verdict(said.verdict())
            + palette.faint(" (shadow: recorded, not acted on)"));
  }

  private void rules(List<Judged.Seen> rules) {
    int number = 0;
    for (Judged.Seen seen : rules) {
      number++;
      String name = named(seen.rule());
      if (seen.explanation().isEmpty()) {
        line(palette.faint("%3d. %s  not reached".formatted(number, name)));
        continue;
      }
      Explanation explanation = seen.explanation().get();
      line(
          "%3d. %s  %s%s"
              .formatted(
                  number,
                  name,
                  verdict(explanation.verdict()),
                  seen.rule().shadow() ? palette.faint(" (shadow: recorded, not acted on)") : ""));
      observations(explanation.observations(), "       ");
    }
    if (rules.isEmpty()) {
      line("     no rules");
    }
  }

  private static String named(ConfiguredRule rule) {
    String name = rule.id().map(id -> id + " (" + rule.pointer() + ")").orElse(rule.pointer());
    return name + "  " + rule.kind();
  }

  private String verdict(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Permit _ -> palette.good("permit");
      case Verdict.Deny deny -> palette.bad("deny") + ": " + Texts.visible(deny.reason());
      case Verdict.Ask(var question) ->
          palette.notable("ask")
              + (question.reason().isEmpty() ? "" : ": " + Texts.visible(question.reason()));
    };
  }

  private void observations(List<Observation> observations, String indent) {
    for (Observation observation : observations) {
      line(indent + Texts.visible(observation.subject() + " " + observation.text()));
      observations(observation.parts(), indent + "  ");
    }
  }

  private void decision(Judged judged) {
    switch (judged.decision()) {
      case Decision.Denied(Denial denial, var _) -> {
        line(
            "%s (%s) by %s: %s"
                .formatted(
                    palette.bad("deny"),
                    denial.code().wire(),
                    denial.rule(),
                    Texts.visible(denial.reason())));
        denial
            .retryAfter()
            .filter(_ -> !denial.code().isFinal())
            .ifPresent(wait -> line("  again in " + wait.toMillis() + " ms"));
      }
      case Decision.Permitted permitted when !permitted.asked().isEmpty() -> {
        line(
            palette.notable("ask")
                + ": people must approve, for "
                + String.join(
                    " and ", permitted.asked().stream().map(each -> each.rule().name()).toList()));
      }
      case Decision.Permitted _ -> line(palette.good("permit"));
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /** A call in one line, its arguments cut. */
  static String shortly(String tool, com.fasterxml.jackson.databind.JsonNode arguments) {
    return tool + " " + Wording.cut(arguments.toString());
  }
}
