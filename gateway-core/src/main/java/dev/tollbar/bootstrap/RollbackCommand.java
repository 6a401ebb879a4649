package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Revision;
import dev.tollbar.history.Comparison;
import dev.tollbar.history.ComparisonText;
import dev.tollbar.plugins.Generation;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.Revisions.InForce;
import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar rollback}. */
@Command(
    name = "rollback",
    description = {
      "Brings an earlier revision back: writes its files where the document lies, as they were.",
      "A gateway that runs takes them up by itself, all at once."
    })
final class RollbackCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  @Mixin private GatewayOption where = new GatewayOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "REVISION",
      arity = "0..1",
      description = "The beginning of its id, or previous. Default: ${DEFAULT-VALUE}.",
      defaultValue = "previous")
  private String revision = "previous";

  @Option(names = "--dry-run", description = "Only says what would change.")
  private boolean dryRun;

  @Option(
      names = "--force",
      description =
          "Also if files were changed and never in force; copies of them are kept (*.before-rollback).")
  private boolean force;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
    if (gateway.isPresent()) {
      return remote(new RemoteRevisions(gateway.get()));
    }
    Folders folders = where.folders();
    Path data = folders.data();
    try (Generation generation = Plugins.load(folders);
        EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
      RevisionChoice choice = new RevisionChoice(state.revisions());
      StoredRevision target = choice.find(revision);
      StoredRevision current = current(state, target);
      PrintWriter out = spec.commandLine().getOut();
      out.print(ComparisonText.words(compare(generation, state, current, target)));
      out.flush();
      if (!dryRun) {
        CommandTrail.orAtGateway(data, Clock.systemUTC())
            .record(
                "rollback",
                Optional.of(target.id()),
                "{\"force\":" + force + "}",
                () -> write(data, current, target));
        String shown = RevisionChoice.shortened(target.id());
        out.println("revision " + shown + " is written to " + target.file());
        out.flush();
        out.println(
            isInForce(state, target)
                ? "revision " + shown + " is in force"
                : "no gateway has taken it up: is one running with this data folder?");
      }
      out.flush();
      return Main.DONE;
    }
  }

  /** The gateway writes the files where it reads them. */
  private int remote(RemoteRevisions revisions) throws CommandException, InterruptedException {
    StoredRevision target = revisions.find(revision);
    PrintWriter out = spec.commandLine().getOut();
    out.print(revisions.diff("current", target.id()).path("words").asText());
    out.flush();
    if (!dryRun) {
      boolean inForce = revisions.rollBack(target.id(), force);
      String shown = RevisionChoice.shortened(target.id());
      out.println("revision " + shown + " is written to " + target.file());
      out.println(
          inForce
              ? "revision " + shown + " is in force"
              : "revision " + shown + " is not in force: see the document's problems in health");
    }
    out.flush();
    return Main.DONE;
  }

  /** What was in force last, of the same document. */
  private static StoredRevision current(EmbeddedState state, StoredRevision target)
      throws CommandException {
    return state.revisions().history().stream()
        .filter(entry -> entry.file().equals(target.file()))
        .findFirst()
        .flatMap(entry -> state.revisions().find(entry.revision()))
        .orElseThrow(() -> CommandException.failed("tollbar: the revision in force is gone."));
  }

  private static Comparison compare(
      Generation generation, EmbeddedState state, StoredRevision before, StoredRevision after)
      throws CommandException {
    Revisioning revisioning =
        new Revisioning(new DocumentReader(ReadContexts.of(generation, state)), state);
    try (Revision is = revisioning.read(before);
        Revision becomes = revisioning.read(after)) {
      return revisioning.compare(is, becomes);
    }
  }

  private boolean write(Path data, StoredRevision current, StoredRevision target)
      throws CommandException {
    try {
      new Rollback(data).write(current, target, force);
      return true;
    } catch (Rollback.LosesChangesException e) {
      throw CommandException.badInput(
          "tollbar: " + e.getMessage() + ". With --force copies of them are kept.");
    } catch (IOException e) {
      throw CommandException.failed(
          "tollbar: the document cannot be written: "
              + e.getMessage()
              + ". To have its files elsewhere: tollbar show "
              + RevisionChoice.shortened(target.id())
              + " --to DIR");
    }
  }

  private static boolean isInForce(EmbeddedState state, StoredRevision target) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      Optional<InForce> last =
          state.revisions().history().stream()
              .filter(entry -> entry.file().equals(target.file()))
              .findFirst();
      if (last.filter(entry -> entry.revision().equals(target.id())).isPresent()) {
        return true;
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    return false;
  }
}
