package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.consent.Texts;
import dev.tollbar.state.Delivery;
import dev.tollbar.state.EmbeddedState;
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
  public Integer call() {
    try (EmbeddedState state = common.open()) {
      List<Delivery> dead = state.deliveries().dead();
      if (form.json()) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        dead.forEach(delivery -> array.add(ApprovalJson.of(delivery)));
        common.out().println(array.toPrettyString());
      } else {
        dead.forEach(delivery -> common.out().println(line(delivery)));
      }
    }
    return Main.DONE;
  }

  private static String line(Delivery delivery) {
    return "%s  %-9s  %s  %d %s  %s  %s"
        .formatted(
            delivery.approval(),
            delivery.message().wire(),
            Texts.visible(delivery.webhook()),
            delivery.attempts(),
            delivery.attempts() == 1 ? "attempt" : "attempts",
            delivery.changed(),
            Texts.visible(delivery.problem().orElse("")));
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
    public Integer call() throws CommandException {
      try (EmbeddedState state = common.open()) {
        if (!state.deliveries().redeliver(id, ApprovalsCommand.Common.now())) {
          throw CommandException.badInput(
              "tollbar: no message about approval \""
                  + Texts.visible(id)
                  + "\" was given up; tollbar approvals dead lists them.");
        }
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
    public Integer call() {
      try (EmbeddedState state = common.open()) {
        int count = state.deliveries().dismiss(id);
        common.out().println(count + (count == 1 ? " message" : " messages") + " forgotten");
      }
      return Main.DONE;
    }
  }
}
