package dev.tollbar.bootstrap;

import dev.tollbar.consent.Texts;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.EmbeddedState;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tollbar approvals}: what people are asked, and their answers. */
@Command(
    name = "approvals",
    description = "Lists, shows and decides the calls that wait for a person.",
    subcommands = {
      ApprovalsList.class,
      ApprovalsShow.class,
      ApprovalsDecide.Approve.class,
      ApprovalsDecide.Deny.class,
      ApprovalsWatch.class,
      ApprovalsDead.class,
      ApprovalsDead.Redeliver.class,
      ApprovalsDead.Dismiss.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class ApprovalsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: list, show, approve, deny, watch, dead, redeliver or dismiss");
  }

  /** What all of them share. */
  static final class Common {
    @Mixin private Folders folders = new Folders();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    EmbeddedState open() {
      return EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC());
    }

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    static Instant now() {
      return Clock.systemUTC().instant();
    }
  }

  /** How it is written. */
  static final class Form {
    @Option(
        names = "--format",
        paramLabel = "FORM",
        description = "human or json. Default: ${DEFAULT-VALUE}.",
        defaultValue = "human")
    private Format format = Format.HUMAN;

    boolean json() {
      return format == Format.JSON;
    }
  }

  static Approval find(Approvals approvals, String id) throws CommandException {
    return approvals.find(id).orElseThrow(() -> unknown(id));
  }

  static CommandException unknown(String id) {
    return CommandException.badInput(
        "tollbar: there is no approval \"" + Texts.visible(id) + "\".");
  }

  /** One line for people. */
  static String line(Approval approval, Instant now) {
    return "%s  %-9s  %s  %s  %s  until %s"
        .formatted(
            approval.id(),
            approval.status(now).wire(),
            Texts.visible(approval.grant()),
            Texts.visible(approval.server()),
            Texts.visible(approval.tool()),
            approval.expires());
  }
}
