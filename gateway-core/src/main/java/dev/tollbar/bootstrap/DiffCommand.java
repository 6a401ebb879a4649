package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Revision;
import dev.tollbar.history.Comparison;
import dev.tollbar.history.ComparisonText;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Wording;
import dev.tollbar.state.EmbeddedState;
import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar diff}. */
@Command(
    name = "diff",
    description = {
      "Says what changes from one document to another: which tools, for which grants, become",
      "allowed, checked, limited, asked, denied or hidden, and by which rules.",
      "A and B are revisions (see tollbar history) or files."
    })
final class DiffCommand implements Callable<Integer> {
  private static final Pattern FILE = Pattern.compile(".*\\.(json|yaml|yml)");

  @Mixin private GatewayOption where = new GatewayOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "A",
      arity = "0..1",
      description = "From. Default: ${DEFAULT-VALUE}.",
      defaultValue = "previous")
  private String from = "previous";

  @Parameters(
      index = "1",
      paramLabel = "B",
      arity = "0..1",
      description = "To. Default: ${DEFAULT-VALUE}.",
      defaultValue = "current")
  private String to = "current";

  @Option(
      names = "--format",
      paramLabel = "human|json",
      description = "Who the answer is for. Default: human.",
      defaultValue = "human")
  private Format format = Format.HUMAN;

  @Option(names = "--exit-code", description = "Ends with 1 if something changes.")
  private boolean exitCode;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    boolean files = FILE.matcher(from).matches() || FILE.matcher(to).matches();
    Optional<RemoteGateway> gateway =
        files && !where.isNamed() ? Optional.empty() : where.gateway(spec.commandLine().getErr());
    if (gateway.isPresent()) {
      return remote(new RemoteRevisions(gateway.get()));
    }
    Folders folders = where.folders();
    try (Generation generation = Plugins.load(folders);
        EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
      Revisioning revisioning =
          new Revisioning(new DocumentReader(ReadContexts.of(generation, state)), state);
      RevisionChoice choice = new RevisionChoice(state.revisions());
      try (Revision before = read(from, revisioning, choice);
          Revision after = read(to, revisioning, choice)) {
        Comparison comparison = revisioning.compare(before, after);
        print(before, after, comparison);
        return exitCode && !comparison.isEmpty() ? Main.FAILED : Main.DONE;
      }
    }
  }

  /** A gateway compares what it has kept. */
  private int remote(RemoteRevisions revisions) throws CommandException, InterruptedException {
    for (String name : List.of(from, to)) {
      if (FILE.matcher(name).matches()) {
        throw CommandException.badInput(
            "tollbar: expected revisions, as a gateway compares what it has kept; found the file "
                + name
                + ". With --data files are compared.");
      }
    }
    ObjectNode diff = revisions.diff(from, to).deepCopy();
    String words = diff.path("words").asText();
    diff.remove("words");
    boolean empty = diff.path("changes").isEmpty() && diff.path("others").isEmpty();
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case HUMAN -> out.print(words);
      case JSON -> out.println(diff.toPrettyString());
    }
    out.flush();
    return exitCode && !empty ? Main.FAILED : Main.DONE;
  }

  private static Revision read(String name, Revisioning revisioning, RevisionChoice choice)
      throws CommandException {
    if (FILE.matcher(name).matches()) {
      return revisioning.read(Path.of(name));
    }
    if (new File(name).exists()) {
      throw CommandException.badInput(
          "tollbar: expected a revision, or a file whose name ends in .json, .yaml or .yml; found "
              + Wording.quote(name)
              + ".");
    }
    return revisioning.read(choice.find(name));
  }

  private void print(Revision before, Revision after, Comparison comparison) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case HUMAN -> out.print(ComparisonText.words(comparison));
      case JSON ->
          out.println(ComparisonText.json(before.id(), after.id(), comparison).toPrettyString());
    }
    out.flush();
  }
}
