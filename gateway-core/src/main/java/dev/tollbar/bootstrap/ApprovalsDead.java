package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollbar approvals dead}. */
@Command(
    name = "dead",
    description = "Lists the messages that no webhook has taken and that were given up.")
final class ApprovalsDead implements Callable<Integer> {
  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();
  @Mixin private ApprovalsCommand.Form form = new ApprovalsCommand.Form();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    try (ApprovalsDesk desk = common.open()) {
      List<JsonNode> dead = desk.dead();
      if (form.json()) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        array.addAll(dead);
        common.out().println(array.toPrettyString());
      } else {
        dead.forEach(delivery -> common.out().println(line(delivery)));
      }
    }
    return Main.DONE;
  }

  private static String line(JsonNode delivery) {
    int attempts = delivery.path("attempts").asInt();
    return "%s  %-9s  %s  %d %s  %s  %s"
        .formatted(
            ApprovalsCommand.text(delivery, "approval"),
            ApprovalsCommand.text(delivery, "message"),
            ApprovalsCommand.text(delivery, "webhook"),
            attempts,
            attempts == 1 ? "attempt" : "attempts",
            ApprovalsCommand.text(delivery, "changed"),
            ApprovalsCommand.text(delivery, "problem"));
  }

  /** {@code tollbar approvals redeliver}. */
  @Command(
      name = "redeliver",
      description = "Has a message that was given up delivered again, from the beginning.")
  static final class Redeliver implements Callable<Integer> {
    @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();

    @Parameters(paramLabel = "ID", description = "The approval's id.")
    private String id = "";

    @Override
    public Integer call() throws CommandException, InterruptedException {
      try (ApprovalsDesk desk = common.open()) {
        desk.redeliver(id);
        common.out().println(id + "  waiting");
      }
      return Main.DONE;
    }
  }

  /** {@code tollbar approvals dismiss}. */
  @Command(name = "dismiss", description = "Forgets messages that were given up.")
  static final class Dismiss implements Callable<Integer> {
    @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();

    @Parameters(
        paramLabel = "ID",
        arity = "0..1",
        description = "The approval's id; left out: all of them.")
    private Optional<String> id = Optional.empty();

    @Override
    public Integer call() throws CommandException, InterruptedException {
      try (ApprovalsDesk desk = common.open()) {
        int count = desk.dismiss(id);
        common.out().println(count + (count == 1 ? " message" : " messages") + " forgotten");
      }
      return Main.DONE;
    }
  }
}
