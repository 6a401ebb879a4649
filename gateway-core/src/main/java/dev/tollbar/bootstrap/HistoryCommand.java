package dev.tollbar.bootstrap;

import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions.How;
import dev.tollbar.state.Revisions.InForce;
import dev.tollbar.state.StoredRevision;
import java.io.PrintWriter;
import java.nio.file.Path;
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
      "Lists which revision of the document came into force when, newest first, and where it ran",
      "with other plugins than before, with which.",
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
    Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
    if (gateway.isPresent()) {
      RemoteRevisions revisions = new RemoteRevisions(gateway.get());
      print(revisions.history());
      tellOfChanges(revisions.saved());
      return Main.DONE;
    }
    Path data = where.folders().dataIfAny();
    try (EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
      List<InForce> history = state.revisions().history();
      print(history);
      if (history.isEmpty()) {
        tell("no revision is kept in " + data + ". Name another one with --data.");
      } else {
        state.revisions().find(history.getFirst().revision()).ifPresent(this::tellOfChanges);
      }
    }
    return Main.DONE;
  }

  private void print(List<InForce> history) {
    PrintWriter out = spec.commandLine().getOut();
    for (InForce entry : history.subList(0, Math.min(limit, history.size()))) {
      out.println(line(entry));
      changes(entry, history).forEach(change -> out.println("    " + change));
    }
    if (history.size() > limit) {
      out.println("… and " + (history.size() - limit) + " more; see --limit");
    }
    out.flush();
  }

  /** What was saved and cannot be used is in no history: it was never in force. */
  private void tellOfChanges(StoredRevision newest) {
    List<String> changed = SavedFiles.beside(newest).changed();
    if (!changed.isEmpty()) {
      tell(
          "not as in the newest revision, and not in force: %s. See: tollbar check %s"
              .formatted(String.join(", ", changed), newest.file()));
    }
  }

  /** As {@link #tellOfChanges}; a gateway knows also why they are not in force. */
  private void tellOfChanges(RemoteRevisions.Saved saved) {
    if (!saved.changed().isEmpty()) {
      tell(
          "not as in the revision in force: "
              + String.join(", ", saved.changed())
              + (saved.problems().isEmpty() ? "" : ". The gateway says:"));
      saved.problems().forEach(problem -> tell("  " + problem));
    }
  }

  private void tell(String line) {
    spec.commandLine().getErr().println("tollbar: " + line);
    spec.commandLine().getErr().flush();
  }

  private static String line(InForce entry) {
    return "%s  %s  %-7s  %s"
        .formatted(
            entry.at().truncatedTo(ChronoUnit.SECONDS),
            RevisionChoice.shortened(entry.revision()),
            word(entry.how()),
            entry.file());
  }

  /** What became different of the plugins since the document before was in force. */
  private static List<String> changes(InForce entry, List<InForce> history) {
    Optional<PluginSet> before =
        history.stream()
            .filter(it -> it.number() < entry.number() && it.file().equals(entry.file()))
            .findFirst()
            .flatMap(InForce::plugins);
    return before.isEmpty() || entry.plugins().isEmpty()
        ? List.of()
        : entry.plugins().get().changesSince(before.get());
  }

  private static String word(How how) {
    return switch (how) {
      case START -> "started";
      case CHANGE -> "changed";
      case RETURN -> "back";
      case PLUGINS -> "plugins";
    };
  }
}
