package dev.tollbar.bootstrap;

import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.EmbeddedState;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar approvals}: what people are asked, and their answers. */
@Command(
    name = "approvals",
    description = "Lists, shows and decides the calls that wait for a person.",
    subcommands = {
      ApprovalsCommand.ListAll.class,
      ApprovalsCommand.Show.class,
      ApprovalsCommand.Approve.class,
      ApprovalsCommand.Deny.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class ApprovalsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: list, show, approve or deny");
  }

  private static Approval find(Approvals approvals, String id) throws CommandException {
    return approvals
        .find(id)
        .orElseThrow(
            () -> CommandException.badInput("tollbar: there is no approval \"" + id + "\"."));
  }

  private static String word(Approval approval, Instant now) {
    return approval.status(now).name().toLowerCase(Locale.ROOT);
  }

  /** {@code tollbar approvals list}. */
  @Command(name = "list", description = "Lists approvals, newest first.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--all", description = "Lists those that are decided, used or over, too.")
    private boolean all;

    @Override
    public Integer call() {
      Instant now = Clock.systemUTC().instant();
      try (EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
        PrintWriter out = spec.commandLine().getOut();
        for (Approval approval : state.approvals().list(now)) {
          if (all || approval.status(now) == Approval.Status.PENDING) {
            out.printf(
                "%s  %-8s  %s  %s  %s  until %s%n",
                approval.id(),
                word(approval, now),
                approval.grant(),
                approval.server(),
                approval.tool(),
                approval.expires());
          }
        }
      }
      return Main.DONE;
    }
  }

  /** {@code tollbar approvals show}. */
  @Command(name = "show", description = "Shows one approval with the exact call that it is for.")
  static final class Show implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "The approval's id.")
    private String id = "";

    @Override
    public Integer call() throws CommandException {
      Instant now = Clock.systemUTC().instant();
      try (EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
        Approval approval = find(state.approvals(), id);
        PrintWriter out = spec.commandLine().getOut();
        out.println("id:        " + approval.id());
        out.println("status:    " + word(approval, now));
        out.println("grant:     " + approval.grant());
        out.println("server:    " + approval.server());
        out.println("tool:      " + approval.tool());
        out.println("arguments: " + approval.arguments());
        out.println("rule:      " + approval.rule());
        out.println("reason:    " + approval.reason());
        out.println("approvers: " + approval.approvers());
        out.println("asked:     " + approval.created());
        out.println("expires:   " + approval.expires());
        for (Approval.Answer answer : approval.answers()) {
          out.println(
              "answer:    "
                  + (answer.approve() ? "approve" : "deny")
                  + " by "
                  + answer.by()
                  + " at "
                  + answer.at()
                  + (answer.comment().isEmpty() ? "" : ": " + answer.comment()));
        }
      }
      return Main.DONE;
    }
  }

  /** What approve and deny share. */
  abstract static class Decide implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

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
      Instant now = Clock.systemUTC().instant();
      try (EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
        Approvals.Decided decided =
            state.approvals().decide(id, new Approval.Answer(approves(), by, comment, now));
        Optional<String> why = refused(decided);
        if (why.isPresent()) {
          throw CommandException.badInput("tollbar: " + why.get());
        }
        Approval approval = find(state.approvals(), id);
        spec.commandLine().getOut().println(approval.id() + "  " + word(approval, now));
      }
      return Main.DONE;
    }

    private Optional<String> refused(Approvals.Decided decided) {
      return switch (decided) {
        case RECORDED -> Optional.empty();
        case UNKNOWN -> Optional.of("there is no approval \"" + id + "\".");
        case ALREADY_DENIED -> Optional.of("approval " + id + " is denied already.");
        case ALREADY_APPROVED -> Optional.of("approval " + id + " is approved already.");
        case ALREADY_USED -> Optional.of("approval " + id + " is used already.");
        case EXPIRED -> Optional.of("approval " + id + " has expired.");
        case SAME_PERSON -> Optional.of("approval " + id + " has an answer of " + by + " already.");
      };
    }
  }

  /** {@code tollbar approvals approve}. */
  @Command(name = "approve", description = "Approves one exact call, once.")
  static final class Approve extends Decide {
    @Override
    boolean approves() {
      return true;
    }
  }

  /** {@code tollbar approvals deny}. */
  @Command(name = "deny", description = "Denies one exact call.")
  static final class Deny extends Decide {
    @Override
    boolean approves() {
      return false;
    }
  }
}
