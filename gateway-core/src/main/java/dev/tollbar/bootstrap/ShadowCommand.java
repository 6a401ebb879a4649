package dev.tollbar.bootstrap;

import dev.tollbar.trial.ShadowReport;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tollbar shadow}: what rules in shadow say. */
@Command(
    name = "shadow",
    description = "What rules and policies in shadow mode would have done.",
    subcommands = {ShadowCommand.Report.class},
    synopsisSubcommandLabel = "COMMAND")
final class ShadowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: report");
  }

  /** {@code tollbar shadow report}. */
  @Command(
      name = "report",
      description = {
        "Says by decision records what rules in shadow would have denied or asked:",
        "by which rule, how many calls, whose, of which tools, first and last when."
      })
  static final class Report implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Mixin private RecordsOption records = new RecordsOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--format",
        paramLabel = "human|json",
        description = "Who the answer is for. Default: human.",
        defaultValue = "human")
    private Format format = Format.HUMAN;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      ShadowReport report = new ShadowReport();
      PrintWriter err = spec.commandLine().getErr();
      Optional<RemoteGateway> gateway = records.gateway(where, err);
      if (gateway.isPresent()) {
        records.each(gateway.get(), report::add);
      } else {
        records.each(where.folders(), err, report::add);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          format == Format.JSON
              ? report.json().toPrettyString() + System.lineSeparator()
              : report.text(Colours.palette()));
      out.flush();
      return Main.DONE;
    }
  }
}
