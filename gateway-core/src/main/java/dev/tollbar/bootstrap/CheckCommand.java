package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Outline;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.lint.Finding;
import dev.tollbar.lint.Linter;
import dev.tollbar.plugins.Generation;
import dev.tollbar.state.EmbeddedState;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar check}. */
@Command(
    name = "check",
    description = {
      "Reads documents and policies, of both versions, and prints every problem.",
      "Of a document without problems it prints what its author hardly means: findings.",
      "Exit code 2 if there is a problem, 3 if there is a finding and --strict, otherwise 0."
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--strict", description = "Findings make the exit code 3.")
  private boolean strict;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "The documents to check.")
  private List<Path> files = new ArrayList<>();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    boolean bad = false;
    boolean found = false;
    try (Generation generation = Plugins.load(folders);
        EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
      ReadContext context = ReadContexts.of(generation, state);
      for (Path file : files) {
        switch (new DocumentReader(context).check(file)) {
          case Reading.Loaded loaded -> {
            loaded.revision().close();
            spec.commandLine().getOut().println(file + ": no problems");
            found |= printFindings(file);
          }
          case Reading.Rejected rejected -> {
            bad = true;
            spec.commandLine().getOut().println(rejected.text());
          }
        }
      }
    }
    spec.commandLine().getOut().flush();
    if (bad) {
      return Main.BAD_INPUT;
    }
    return found && strict ? Main.FINDINGS : Main.DONE;
  }

  private boolean printFindings(Path file) {
    List<Finding> findings = Outline.of(file).map(Linter::review).orElse(List.of());
    findings.forEach(finding -> spec.commandLine().getOut().println("  finding: " + finding));
    return !findings.isEmpty();
  }
}
