package dev.tollbar.bootstrap;

import dev.tollbar.policy.Wording;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions.InForce;
import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar show}. */
@Command(
    name = "show",
    description = {
      "Prints the document of a revision, as it was written.",
      "Secrets that it names are not kept, and not shown."
    })
final class ShowCommand implements Callable<Integer> {
  @Mixin private GatewayOption where = new GatewayOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "REVISION",
      arity = "0..1",
      description = "The beginning of its id, current or previous. Default: ${DEFAULT-VALUE}.",
      defaultValue = "current")
  private String revision = "current";

  /** What is shown instead: one of them. */
  static final class Instead {
    @Option(names = "--files", description = "Lists the files of the revision instead.")
    private boolean files;

    @Option(
        names = "--ran-with",
        description =
            "Lists the plugins that it ran with the last time instead: name, version, SHA-256 of the jar.")
    private boolean ranWith;

    @Option(
        names = "--file",
        paramLabel = "PATH",
        description = "Prints another file of the revision, such as a script.")
    private @Nullable String file;

    @Option(
        names = "--to",
        paramLabel = "DIR",
        description = "Writes all files of the revision into this folder, which must be empty.")
    private @Nullable Path to;
  }

  @ArgGroup(multiplicity = "0..1")
  private Instead instead = new Instead();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
    if (gateway.isPresent()) {
      RemoteRevisions revisions = new RemoteRevisions(gateway.get());
      StoredRevision found = revisions.find(revision);
      print(found, instead.ranWith ? revisions.history() : List.of());
      return Main.DONE;
    }
    try (EmbeddedState state = EmbeddedState.open(where.folders().dataIfAny(), Clock.systemUTC())) {
      print(new RevisionChoice(state.revisions()).find(revision), state.revisions().history());
    }
    return Main.DONE;
  }

  private void print(StoredRevision found, List<InForce> history) throws CommandException {
    PrintWriter out = spec.commandLine().getOut();
    if (instead.to != null) {
      write(found, instead.to);
    } else if (instead.ranWith) {
      plugins(found, history)
          .plugins()
          .values()
          .forEach(it -> out.println(it.name() + "  " + it.version() + "  " + it.sha256()));
    } else if (instead.files) {
      texts(found).keySet().forEach(out::println);
    } else {
      out.print(text(found));
    }
    out.flush();
  }

  private static PluginSet plugins(StoredRevision found, List<InForce> history)
      throws CommandException {
    return history.stream()
        .filter(entry -> entry.revision().equals(found.id()))
        .findFirst()
        .flatMap(InForce::plugins)
        .orElseThrow(() ->
            CommandException.badInput(
                "tollbar: an older Tollbar kept this revision, and not which plugins it ran with."));
  }

  private String text(StoredRevision found) throws CommandException {
    String wanted = instead.file;
    if (wanted == null) {
      return found.text();
    }
    Map<String, String> texts = texts(found);
    String text = texts.get(wanted);
    if (text == null) {
      throw CommandException.badInput(
          "tollbar: the revision has no file "
              + Wording.quote(wanted)
              + "; it has "
              + String.join(", ", texts.keySet())
              + ".");
    }
    return text;
  }

  /** All its files, by path relative to the document's folder. */
  static Map<String, String> texts(StoredRevision revision) {
    Map<String, String> texts = new TreeMap<>(revision.files());
    texts.put(String.valueOf(Path.of(revision.file()).getFileName()), revision.text());
    return texts;
  }

  private static void write(StoredRevision found, Path folder) throws CommandException {
    try {
      WrittenFiles files = new WrittenFiles(folder);
      if (!files.isEmpty()) {
        throw CommandException.badInput(
            "tollbar: --to: expected an empty folder or a new one; found "
                + folder
                + " with files.");
      }
      files.write(texts(found));
    } catch (IOException e) {
      throw CommandException.failed("tollbar: " + folder + " cannot be written: " + e.getMessage());
    }
  }
}
