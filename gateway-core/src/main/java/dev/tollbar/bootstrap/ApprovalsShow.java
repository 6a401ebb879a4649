package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.consent.Texts;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
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
  private static final Map<String, Character> SIGNS =
      Map.of("same", '=', "changed", '~', "added", '+', "removed", '-');

  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();
  @Mixin private ApprovalsCommand.Form form = new ApprovalsCommand.Form();

  @Parameters(paramLabel = "ID", description = "The approval's id.")
  private String id = "";

  @Override
  public Integer call() throws CommandException, InterruptedException {
    try (ApprovalsDesk desk = common.open()) {
      JsonNode approval = desk.show(id);
      if (form.json()) {
        common.out().println(approval.toPrettyString());
      } else {
        print(common.out(), approval);
      }
    }
    return Main.DONE;
  }

  private static void print(PrintWriter out, JsonNode approval) {
    for (String name : new String[] {"id", "status", "grant", "server", "tool"}) {
      field(out, name, approval.path(name).asText());
    }
    field(out, "arguments", approval.path("arguments").toString());
    compared(out, approval.path("compared"));
    field(out, "rule", approval.path("rule").asText());
    field(out, "reason", approval.path("reason").asText());
    field(out, "approvers", approval.path("approvers").asText());
    field(out, "good for", goodFor(Duration.ofSeconds(approval.path("reuse_seconds").asLong())));
    field(out, "asked", approval.path("created").asText());
    field(out, "expires", approval.path("expires").asText());
    for (String name : new String[] {"used", "withdrawn"}) {
      if (approval.has(name)) {
        field(out, name, approval.path(name).asText());
      }
    }
    for (JsonNode answer : approval.path("answers")) {
      String comment = answer.path("comment").asText();
      field(
          out,
          "answer",
          "%s by %s at %s%s"
              .formatted(
                  answer.path("decision").asText(),
                  answer.path("by").asText(),
                  answer.path("at").asText(),
                  comment.isEmpty() ? "" : ": " + comment));
    }
    for (JsonNode delivery : approval.path("deliveries")) {
      int attempts = delivery.path("attempts").asInt();
      field(
          out,
          "message",
          "%s to %s: %s after %d %s%s"
              .formatted(
                  delivery.path("message").asText(),
                  delivery.path("webhook").asText(),
                  delivery.path("state").asText(),
                  attempts,
                  attempts == 1 ? "attempt" : "attempts",
                  delivery.has("problem") ? "; " + delivery.path("problem").asText() : ""));
    }
  }

  private static String goodFor(Duration reuse) {
    return reuse.isZero()
        ? "one call"
        : "the same call, for " + Texts.inWords(reuse) + " from the approval";
  }

  private static void compared(PrintWriter out, JsonNode compared) {
    if (compared.isMissingNode()) {
      field(out, "compared", "with nothing: no call like this was approved and made before");
      return;
    }
    field(
        out,
        "compared",
        "with %s, made %s"
            .formatted(compared.path("with").asText(), compared.path("made").asText()));
    int width = 1;
    for (JsonNode line : compared.path("lines")) {
      width = Math.max(width, line.path("pointer").asText().length());
    }
    for (JsonNode line : compared.path("lines")) {
      String change = line.path("change").asText();
      String was =
          change.equals("same") || !line.has("before")
              ? ""
              : "   was " + line.path("before").toString();
      out.println(
          Texts.visible(
              "  %c %-"
                  .concat(width + "s  %s%s")
                  .formatted(
                      SIGNS.getOrDefault(change, '?'),
                      line.path("pointer").asText(),
                      line.has("now") ? line.path("now").toString() : "(gone)",
                      was)));
    }
  }

  private static void field(PrintWriter out, String name, String value) {
    out.printf("%-10s %s%n", name + ":", Texts.visible(value));
  }
}
