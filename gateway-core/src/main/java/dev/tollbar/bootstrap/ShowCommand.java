package dev.tollbar.bootstrap;

import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions;
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
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "REVISION",
      arity = "0..1",
      description = "The beginning of its id, current or previous. Default: ${DEFAULT-VALUE}.",
      defaultValue = "current")
  private String revision = "current";

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

  @Override
  public Integer call() throws CommandException {
    StoredRevision found;
    PluginSet set;
    try (EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
      found = new RevisionChoice(state.revisions()).find(revision);
      set = ranWith ? plugins(found, state.revisions()) : PluginSet.of(List.of());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (to != null) {
      write(found, to);
    } else if (ranWith) {
      set.plugins()
          .values()
          .forEach(it -> out.println(it.name() + "  " + it.version() + "  " + it.sha256()));
    } else if (files) {
      texts(found).keySet().forEach(out::println);
    } else {
      out.print(text(found));
    }
    out.flush();
    return Main.DONE;
  }

  private static PluginSet plugins(StoredRevision found, Revisions revisions)
      throws CommandException {
    return revisions.history().stream()
        .filter(entry -> entry.revision().equals(found.id()))
        .findFirst()
        .flatMap(Revisions.InForce::plugins)
        .orElseThrow(() ->
            CommandException.badInput(
                "tollbar: an older Tollbar kept this revision, and not which plugins it ran with."));
  }

  private String text(StoredRevision found) throws CommandException {
    if (file == null) {
      return found.text();
    }
    return Optional.ofNullable(texts(found).get(file))
        .orElseThrow(() ->
            CommandException.badInput(
                "tollbar: the revision has no file \""
                    + file
                    + "\"; it has "
                    + String.join(", ", texts(found).keySet())
                    + "."));
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
