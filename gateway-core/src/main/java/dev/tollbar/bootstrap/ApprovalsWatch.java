package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollbar approvals watch}. */
@Command(
    name = "watch",
    description = {
      "Lists what waits for a person, and then everything that changes, until it is interrupted.",
      "With --format json: one object a line."
    })
final class ApprovalsWatch implements Callable<Integer> {
  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();
  @Mixin private ApprovalsCommand.Form form = new ApprovalsCommand.Form();

  /** What was told of an approval last. */
  private record Told(String status, int answers) {}

  private final Map<String, Told> told = new HashMap<>();
  private boolean first = true;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    PrintWriter out = common.out();
    try (ApprovalsDesk desk = common.open()) {
      desk.follow((approvals, all) -> {
        for (JsonNode approval : changed(approvals, all)) {
          out.println(form.json() ? approval.toString() : ApprovalsCommand.line(approval));
        }
        return !out.checkError();
      });
    }
    return Main.DONE;
  }

  private List<JsonNode> changed(List<JsonNode> approvals, boolean all) {
    List<JsonNode> changed = new ArrayList<>();
    for (JsonNode approval : approvals) {
      Told is = new Told(approval.path("status").asText(), approval.path("answers").size());
      boolean news = !is.equals(told.put(approval.path("id").asText(), is));
      if (news && (!first || is.status().equals("pending"))) {
        changed.add(approval);
      }
    }
    if (all) {
      told.keySet().retainAll(approvals.stream().map(it -> it.path("id").asText()).toList());
    }
    first = false;
    return changed;
  }
}
