package dev.tollbar.bootstrap;

import dev.tollbar.consent.Answers;
import dev.tollbar.consent.Ruling;
import dev.tollbar.state.EmbeddedState;
import java.time.Clock;
import java.util.concurrent.Callable;
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
      description = "Who decides. Default: the user of this machine.")
  private String by = System.getProperty("user.name", "cli");

  @Option(names = "--comment", paramLabel = "TEXT", description = "What the agent is told.")
  private String comment = "";

  abstract boolean approves();

  @Override
  public Integer call() throws CommandException {
    if (by.isBlank()) {
      throw CommandException.badInput("tollbar: --by: expected a name; found nothing.");
    }
    try (EmbeddedState state = common.open()) {
      Ruling ruling =
          new Answers(state.approvals(), Clock.systemUTC()).decide(id, approves(), by, comment);
      switch (ruling) {
        case Ruling.Decided decided ->
            common.out().println(decided.approval().id() + "  " + decided.status().wire());
        case Ruling.WaitsForOthers waits -> {
          int missing = waits.approval().missing();
          common
              .out()
              .println(
                  "%s  pending: %d more %s"
                      .formatted(
                          waits.approval().id(), missing, missing == 1 ? "person" : "people"));
        }
        case Ruling.Unknown _ -> throw ApprovalsCommand.unknown(id);
        default -> throw CommandException.badInput("tollbar: " + lowered(ruling.text()));
      }
    }
    return Main.DONE;
  }

  private static String lowered(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
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
