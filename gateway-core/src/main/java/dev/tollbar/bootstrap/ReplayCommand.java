package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.identity.Grant;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.plugins.Generation;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.trial.Offline;
import dev.tollbar.trial.Replay;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollbar replay}. */
@Command(
    name = "replay",
    description = {
      "Decides recorded calls again, under a candidate for the document, and lists those that it decides otherwise.",
      "Counts, and does not guess, where the records do not say enough: which values they hold, record_values of the policy says.",
      "Exit code 0; with --strict 3 if a call is decided otherwise or could not be judged."
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private GatewayOption where = new GatewayOption();
  @Mixin private RecordsOption records = new RecordsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--document",
      required = true,
      paramLabel = "FILE",
      description =
          "The candidate: a gateway's document, or one policy, for all servers and grants.")
  private Path document = Path.of("");

  @Option(names = "--strict", description = "What is not decided as before makes the exit code 3.")
  private boolean strict;

  @Option(
      names = "--format",
      paramLabel = "human|json",
      description = "Who the answer is for. Default: human.",
      defaultValue = "human")
  private Format format = Format.HUMAN;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Optional<RemoteGateway> gateway = records.gateway(where, err);
    try (Generation generation = Plugins.load(where.folders());
        RuleWatch watch = GatewayProcess.ruleWatch();
        Replay replay =
            Replay.open(
                document, stored(gateway), new Offline(new DocumentKinds(generation), watch))) {
      if (gateway.isPresent()) {
        records.inOrder(gateway.get(), replay::add);
      } else {
        records.each(where.folders(), err, replay::add);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          format == Format.JSON
              ? replay.report().json().toPrettyString() + System.lineSeparator()
              : replay.report().text(Colours.palette()));
      out.flush();
      return strict && !replay.report().nothingChanges() ? Main.FINDINGS : Main.DONE;
    } catch (DocumentException e) {
      throw CommandException.badInput(Problem.text(e.problems()));
    }
  }

  /** The grants that whoever has the records has stored. */
  private List<Grant> stored(Optional<RemoteGateway> gateway)
      throws CommandException, InterruptedException {
    if (gateway.isPresent()) {
      return new RemoteGrants(gateway.get()).list().stream().map(ExplainCommand::grant).toList();
    }
    Folders folders = where.folders();
    try (EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), InstantSource.system())) {
      return ExplainCommand.stored(folders, state);
    }
  }
}
