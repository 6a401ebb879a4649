package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.state.Approval;
import dev.tollbar.state.EmbeddedState;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tollbar approvals list}. */
@Command(name = "list", description = "Lists approvals, newest first.")
final class ApprovalsList implements Callable<Integer> {
  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();
  @Mixin private ApprovalsCommand.Form form = new ApprovalsCommand.Form();

  @Option(names = "--all", description = "Lists those that are decided, used or over, too.")
  private boolean all;

  @Override
  public Integer call() {
    Instant now = ApprovalsCommand.Common.now();
    try (EmbeddedState state = common.open()) {
      List<Approval> listed =
          state.approvals().list(now).stream()
              .filter(approval -> all || approval.status(now) == Approval.Status.PENDING)
              .toList();
      if (form.json()) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        listed.forEach(approval -> array.add(ApprovalJson.of(approval, now)));
        common.out().println(array.toPrettyString());
      } else {
        listed.forEach(approval -> common.out().println(ApprovalsCommand.line(approval, now)));
      }
    }
    return Main.DONE;
  }
}
