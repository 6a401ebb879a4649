package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollbar approvals approve} and {@code deny}. */
abstract class ApprovalsDecide implements Callable<Integer> {
  @Mixin private ApprovalsCommand.Common common = new ApprovalsCommand.Common();

  @Parameters(paramLabel = "ID", description = "The approval's id.")
  private String id = "";

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description =
          "Who decides, in the data folder. Default: the user of this machine. At a gateway it is the name of the admin token.")
  private @Nullable String by;

  @Option(names = "--comment", paramLabel = "TEXT", description = "What the agent is told.")
  private String comment = "";

  abstract boolean approves();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (by != null && by.isBlank()) {
      throw CommandException.badInput("tollbar: --by: expected a name; found nothing.");
    }
    try (ApprovalsDesk desk = common.open()) {
      JsonNode approval = desk.decide(id, approves(), Optional.ofNullable(by), comment);
      common.out().println(approval.path("id").asText() + "  " + standing(approval));
    }
    return Main.DONE;
  }

  private static String standing(JsonNode approval) {
    String status = approval.path("status").asText();
    int missing = approval.path("missing").asInt();
    return switch (status) {
      case "pending" ->
          "pending: %d more %s".formatted(missing, missing == 1 ? "person" : "people");
      case "used" -> "approved"; // the call that waited was made at once
      default -> status;
    };
  }

  /** {@code tollbar approvals approve}. */
  @Command(name = "approve", description = "Approves one exact call.")
  static final class Approve extends ApprovalsDecide {
    @Override
    boolean approves() {
      return true;
    }
  }

  /** {@code tollbar approvals deny}. */
  @Command(
      name = "deny",
      description = "Denies one exact call; also one that is approved, until it is made.")
  static final class Deny extends ApprovalsDecide {
    @Override
    boolean approves() {
      return false;
    }
  }
}
