package dev.tollbar.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tollbar.convert.Conversion;
import dev.tollbar.convert.Conversion.Origin;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Outline;
import dev.tollbar.document.Problem;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Sources;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Wording;
import dev.tollbar.state.EmbeddedState;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
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

/** {@code tollbar convert}. */
@Command(
    name = "convert",
    description = {
      "Makes a document of version 2 from one of version 1, or from a policy of the Intercept proxy.",
      "What cannot be carried over is denied in the new document, and reported on standard error.",
      "Exit code 3 if something was not carried over, 2 if the file cannot be read, otherwise 0."
    })
final class ConvertCommand implements Callable<Integer> {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      paramLabel = "v1|intercept",
      description = "What the file is. Default: what it looks like.")
  private @Nullable Origin from;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the policy is called. Default: ${DEFAULT-VALUE}.",
      defaultValue = "default")
  private String name = "default";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where the document goes: a new file that ends in .yaml, .yml or .json. Default: standard output, as YAML.")
  private @Nullable Path out;

  @Parameters(paramLabel = "FILE", description = "The file to convert.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw CommandException.badInput(
          "tollbar: --name: expected a name of letters, digits, \".\", \"_\" and \"-\"; found "
              + Wording.quote(name)
              + ".");
    }
    if (out != null && !out.toString().matches(".*\\.(json|ya?ml)")) {
      throw CommandException.badInput(
          "tollbar: --out: expected a file that ends in .yaml, .yml or .json; found "
              + Wording.quote(out.toString())
              + ".");
    }
    try (Generation generation = Plugins.load(folders);
        EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
      DocumentReader reader = new DocumentReader(ReadContexts.of(generation, state));
      Conversion conversion = convert(reader);
      String text = text(conversion.document());
      checkAgain(reader, text);
      write(text);
      spec.commandLine().getErr().print(conversion.report(file.toString()));
      spec.commandLine().getErr().flush();
      return conversion.complete() ? Main.DONE : Main.FINDINGS;
    }
  }

  private Conversion convert(DocumentReader reader) throws CommandException {
    Optional<Outline> outline = Outline.of(file);
    if (outline.isEmpty() || !outline.get().root().isObject()) {
      throw CommandException.badInput(unreadable(reader));
    }
    Origin origin = Optional.ofNullable(from).orElseGet(() -> Origin.of(outline.get()));
    if (outline.get().root().path("version").asText().equals("2")) {
      Problem found =
          outline
              .get()
              .at("/version", "expected version \"1\"; found \"2\", which needs no change");
      throw CommandException.badInput(Problem.text(List.of(found)));
    }
    String problems = origin == Origin.V1 ? problems(reader) : "";
    if (!problems.isEmpty()) {
      throw CommandException.badInput(problems);
    }
    try {
      return Conversion.of(outline.get(), origin, name);
    } catch (DocumentException e) {
      throw CommandException.badInput(Problem.text(e.problems()));
    }
  }

  /**
   * Of what a reader of documents says, only that of the text holds for files of other programs.
   */
  private String unreadable(DocumentReader reader) {
    List<Problem> faults = Outline.faults(file);
    return from == null || from == Origin.V1 || faults.isEmpty()
        ? problems(reader)
        : Problem.text(faults);
  }

  /** What is wrong with the file as a document; empty if nothing is. */
  private String problems(DocumentReader reader) {
    return switch (reader.check(file)) {
      case Reading.Rejected rejected -> rejected.text();
      case Reading.Loaded loaded -> {
        loaded.revision().close();
        yield "";
      }
    };
  }

  private String text(ObjectNode document) {
    try {
      return out != null && out.toString().endsWith(".json")
          ? document.toPrettyString() + "\n"
          : YAML.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  /** What is written is what {@code check} accepts. */
  private void checkAgain(DocumentReader reader, String text) throws CommandException {
    String named = Optional.ofNullable(out).map(Path::toString).orElse("converted.yaml");
    switch (reader.readAgain(new Sources(named, text, new TreeMap<>()))) {
      case Reading.Loaded loaded -> loaded.revision().close();
      case Reading.Rejected rejected ->
          throw CommandException.failed(
              "tollbar: "
                  + file
                  + " cannot be converted, as the new document would have a problem:\n"
                  + rejected.text());
    }
  }

  private void write(String text) throws CommandException {
    if (out == null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
      return;
    }
    try {
      Files.writeString(out, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException _) {
      throw CommandException.badInput(
          "tollbar: --out: expected a file that does not exist yet; found " + out + ".");
    } catch (IOException _) {
      throw CommandException.badInput("tollbar: --out: the file " + out + " cannot be written.");
    }
  }
}
