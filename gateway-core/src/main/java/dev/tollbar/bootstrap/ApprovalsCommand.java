package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.consent.Texts;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;
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
    @Mixin private GatewayOption where = new GatewayOption();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    ApprovalsDesk open() throws CommandException, InterruptedException {
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      return gateway.isPresent()
          ? new RemoteApprovals(gateway.get())
          : FolderApprovals.open(where.folders().dataIfAny(), Clock.systemUTC());
    }

    PrintWriter out() {
      return spec.commandLine().getOut();
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

  /** One line for people. */
  static String line(JsonNode approval) {
    return "%s  %-9s  %s  %s  %s  until %s"
        .formatted(
            text(approval, "id"),
            text(approval, "status"),
            text(approval, "grant"),
            text(approval, "server"),
            text(approval, "tool"),
            text(approval, "expires"));
  }

  /** A member, with what does not show written out. */
  static String text(JsonNode json, String member) {
    return Texts.visible(json.path(member).asText());
  }
}
