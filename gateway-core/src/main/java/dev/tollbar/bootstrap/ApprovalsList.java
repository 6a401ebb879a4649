package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
  public Integer call() throws CommandException, InterruptedException {
    try (ApprovalsDesk desk = common.open()) {
      List<JsonNode> listed =
          desk.list().stream()
              .filter(approval -> all || approval.path("status").asText().equals("pending"))
              .toList();
      if (form.json()) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        array.addAll(listed);
        common.out().println(array.toPrettyString());
      } else {
        listed.forEach(approval -> common.out().println(ApprovalsCommand.line(approval)));
      }
    }
    return Main.DONE;
  }
}
