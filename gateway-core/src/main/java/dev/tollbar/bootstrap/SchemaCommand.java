package dev.tollbar.bootstrap;

import dev.tollbar.document.Schema;
import dev.tollbar.plugins.Generation;
import dev.tollbar.trial.TestFiles;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollbar schema}. */
@Command(
    name = "schema",
    description =
        "Prints the JSON Schema of documents, with all kinds that the loaded plugins supply; or of test files.")
final class SchemaCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--tests", description = "The schema of test files: NAME.test.yaml.")
  private boolean tests;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (tests) {
      spec.commandLine().getOut().println(TestFiles.schema().toPrettyString());
      spec.commandLine().getOut().flush();
      return Main.DONE;
    }
    try (Generation generation = Plugins.load(folders)) {
      spec.commandLine()
          .getOut()
          .println(Schema.of(new DocumentKinds(generation)).toPrettyString());
      spec.commandLine().getOut().flush();
      return Main.DONE;
    }
  }
}
