package dev.tollbar.bootstrap;

import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.consent.ArgumentDiff;
import dev.tollbar.consent.Texts;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Delivery;
import dev.tollbar.state.EmbeddedState;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollbar approvals show}. */
@Command(
    name = "show",
    description = {
      "Shows one approval with the exact call that it is for.",
      "The arguments are compared with those of the last call of the same grant and tool that the same rule asked for and that was approved and made."
    })
final class ApprovalsShow implements Callable<Integer> {
  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();
  @Mixin private ApprovalsCommand.Form form = new ApprovalsCommand.Form();

  @Parameters(paramLabel = "ID", description = "The approval's id.")
  private String id = "";

  @Override
  public Integer call() throws CommandException {
    Instant now = ApprovalsCommand.Common.now();
    try (EmbeddedState state = common.open()) {
      Approval approval = ApprovalsCommand.find(state.approvals(), id);
      Optional<Approval> last = state.approvals().lastUsed(approval);
      List<Delivery> deliveries = state.deliveries().of(id);
      if (form.json()) {
        common.out().println(ApprovalJson.of(approval, now, last, deliveries).toPrettyString());
      } else {
        print(common.out(), approval, now, last, deliveries);
      }
    }
    return Main.DONE;
  }

  private static void print(
      PrintWriter out,
      Approval approval,
      Instant now,
      Optional<Approval> last,
      List<Delivery> deliveries) {
    field(out, "id", approval.id());
    field(out, "status", approval.status(now).wire());
    field(out, "grant", approval.grant());
    field(out, "server", approval.server());
    field(out, "tool", approval.tool());
    field(out, "arguments", approval.arguments());
    compared(out, approval, last);
    field(out, "rule", approval.rule());
    field(out, "reason", approval.reason());
    field(out, "approvers", Integer.toString(approval.approvers()));
    field(
        out,
        "good for",
        approval.reuse().isZero()
            ? "one call"
            : "the same call, for " + Texts.inWords(approval.reuse()) + " from the approval");
    field(out, "asked", approval.created().toString());
    field(out, "expires", approval.expires().toString());
    approval.used().ifPresent(at -> field(out, "used", at.toString()));
    approval.withdrawn().ifPresent(at -> field(out, "withdrawn", at.toString()));
    for (Approval.Answer answer : approval.answers()) {
      field(
          out,
          "answer",
          "%s by %s at %s%s"
              .formatted(
                  answer.approve() ? "approve" : "deny",
                  answer.by(),
                  answer.at(),
                  answer.comment().isEmpty() ? "" : ": " + answer.comment()));
    }
    for (Delivery delivery : deliveries) {
      field(
          out,
          "message",
          "%s to %s: %s after %d %s%s"
              .formatted(
                  delivery.message().wire(),
                  delivery.webhook(),
                  delivery.state().name().toLowerCase(Locale.ROOT),
                  delivery.attempts(),
                  delivery.attempts() == 1 ? "attempt" : "attempts",
                  delivery.problem().map(problem -> "; " + problem).orElse("")));
    }
  }

  private static void compared(PrintWriter out, Approval approval, Optional<Approval> last) {
    if (last.isEmpty()) {
      field(out, "compared", "with nothing: no call like this was approved and made before");
      return;
    }
    field(
        out,
        "compared",
        "with %s, made %s"
            .formatted(last.get().id(), last.get().used().map(Instant::toString).orElse("")));
    List<ArgumentDiff.Line> lines =
        ArgumentDiff.of(approval.arguments(), last.map(Approval::arguments));
    int width = lines.stream().mapToInt(line -> line.pointer().length()).max().orElse(0);
    for (ArgumentDiff.Line line : lines) {
      String was =
          line.change() == ArgumentDiff.Change.SAME
              ? ""
              : line.before().map(before -> "   was " + before).orElse("");
      out.println(
          Texts.visible(
              "  %c %-"
                  .concat(Math.max(1, width) + "s  %s%s")
                  .formatted(
                      line.change().sign(), line.pointer(), line.now().orElse("(gone)"), was)));
    }
  }

  private static void field(PrintWriter out, String name, String value) {
    out.printf("%-10s %s%n", name + ":", Texts.visible(value));
  }
}
