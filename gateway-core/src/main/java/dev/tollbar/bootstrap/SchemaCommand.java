package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.Schema;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Wording;
import dev.tollbar.trial.TestFiles;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollbar schema}. */
@Command(
    name = "schema",
    description =
        "Prints the JSON Schema of documents, with all kinds that the loaded plugins supply, and of"
            + " the test files beside them.")
final class SchemaCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Of what alone: one of them. */
  static final class Of {
    @Option(
        names = "--version",
        paramLabel = "1|2",
        description = "Of documents of one version alone.")
    private @Nullable String version;

    @Option(names = "--tests", description = "Of test files alone: NAME.test.yaml.")
    private boolean tests;
  }

  @ArgGroup(multiplicity = "0..1")
  private Of of = new Of();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (of.tests) {
      spec.commandLine().getOut().println(TestFiles.schema().toPrettyString());
      spec.commandLine().getOut().flush();
      return Main.DONE;
    }
    String wanted = of.version == null ? "" : of.version;
    if (!wanted.isEmpty() && !wanted.equals("1") && !wanted.equals("2")) {
      throw CommandException.badInput(
          "tollbar: --version: expected 1 or 2; found " + Wording.quote(wanted) + ".");
    }
    try (Generation generation = Plugins.load(folders)) {
      spec.commandLine().getOut().println(schema(wanted, generation).toPrettyString());
      spec.commandLine().getOut().flush();
      return Main.DONE;
    }
  }

  private static ObjectNode schema(String wanted, Generation generation) {
    DocumentKinds kinds = new DocumentKinds(generation);
    return switch (wanted) {
      case "1" -> Schema.ofFirst(kinds);
      case "2" -> Schema.ofSecond(kinds);
      default -> TestFiles.schemaWithDocuments(kinds);
    };
  }
}
