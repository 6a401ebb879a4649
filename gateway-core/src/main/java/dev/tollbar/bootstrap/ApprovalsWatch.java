package dev.tollbar.bootstrap;

import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.state.Approval;
import dev.tollbar.state.EmbeddedState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
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
  private static final Duration LOOK = Duration.ofMillis(500);

  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();
  @Mixin private ApprovalsCommand.Form form = new ApprovalsCommand.Form();

  /** What was told of an approval last. */
  private record Told(Approval.Status status, int answers) {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = common.out();
    Map<String, Told> told = new HashMap<>();
    try (EmbeddedState state = common.open()) {
      for (boolean first = true; !out.checkError(); first = false) {
        Instant now = ApprovalsCommand.Common.now();
        for (Approval approval : changed(state, now, told, first)) {
          out.println(
              form.json()
                  ? ApprovalJson.of(approval, now).toString()
                  : ApprovalsCommand.line(approval, now));
        }
        Thread.sleep(LOOK);
      }
    }
    return Main.DONE;
  }

  /** The oldest first. */
  private static List<Approval> changed(
      EmbeddedState state, Instant now, Map<String, Told> told, boolean first) {
    List<Approval> listed = state.approvals().list(now).reversed();
    List<Approval> changed = new ArrayList<>();
    for (Approval approval : listed) {
      Told is = new Told(approval.status(now), approval.answers().size());
      boolean news = !is.equals(told.put(approval.id(), is));
      if (news && (!first || is.status() == Approval.Status.PENDING)) {
        changed.add(approval);
      }
    }
    told.keySet().retainAll(listed.stream().map(Approval::id).toList());
    return changed;
  }
}
