package dev.tollbar.bootstrap;

import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.Revisions.How;
import dev.tollbar.state.Revisions.InForce;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tollbar history}. */
@Command(
    name = "history",
    description = {
      "Lists which revision of the document came into force when, newest first.",
      "Each can be shown, compared and brought back: tollbar show, diff, rollback."
    })
final class HistoryCommand implements Callable<Integer> {
  @Mixin private GatewayOption where = new GatewayOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many lines at most. Default: ${DEFAULT-VALUE}.",
      defaultValue = "20")
  private int limit = 20;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit: expected a number above 0; found " + limit);
    }
    PrintWriter out = spec.commandLine().getOut();
    List<InForce> history = history();
    history.stream().limit(limit).forEach(entry -> out.println(line(entry)));
    if (history.size() > limit) {
      out.println("… and " + (history.size() - limit) + " more; see --limit");
    }
    out.flush();
    return Main.DONE;
  }

  private List<InForce> history() throws CommandException, InterruptedException {
    Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
    if (gateway.isPresent()) {
      return new RemoteRevisions(gateway.get()).history();
    }
    try (EmbeddedState state = EmbeddedState.open(where.folders().dataIfAny(), Clock.systemUTC())) {
      return state.revisions().history();
    }
  }

  private static String line(InForce entry) {
    return "%s  %s  %-7s  %s"
        .formatted(
            entry.at().truncatedTo(ChronoUnit.SECONDS),
            RevisionChoice.shortened(entry.revision()),
            word(entry.how()),
            entry.file());
  }

  private static String word(How how) {
    return switch (how) {
      case START -> "started";
      case CHANGE -> "changed";
      case RETURN -> "back";
    };
  }
}
