package dev.tollbar.bootstrap;

import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar plugin}. */
@Command(
    name = "plugin",
    description = "For those who write plugins.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = PluginCommand.New.class)
final class PluginCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine line = spec.commandLine();
    line.usage(line.getErr());
    return Main.BAD_INPUT;
  }

  /** {@code tollbar plugin new}. */
  @Command(
      name = "new",
      description = {
        "Makes a Maven module with a rule kind of your own, its tests and a scenario. ./mvnw",
        "verify in it compiles, tests and packages the plugin. The kind is called as the module is, in",
        "snake_case."
      })
  static final class New implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--package",
        paramLabel = "PACKAGE",
        description = "The Java package, also the Maven group. Default: example.NAME.")
    private @Nullable String javaPackage;

    @Option(
        names = "--folder",
        paramLabel = "DIR",
        description = "Where the module goes: a folder that is new or empty. Default: NAME.")
    private @Nullable Path folder;

    @Parameters(paramLabel = "NAME", description = "The name of the plugin, such as my-rule.")
    private String name = "";

    @Override
    public Integer call() throws CommandException, InterruptedException {
      if (!NAME.matcher(name).matches()) {
        throw CommandException.badInput(
            "tollbar: expected a name of small letters, digits and \"-\", such as \"my-rule\"; found "
                + Wording.quote(name)
                + ".");
      }
      String inPackage =
          Optional.ofNullable(javaPackage).orElse("example." + name.replace("-", ""));
      if (!SourceVersion.isName(inPackage)) {
        throw CommandException.badInput(
            "tollbar: --package: expected a Java package such as \"com.example.rules\"; found "
                + Wording.quote(inPackage)
                + ".");
      }
      NewPlugin plugin = new NewPlugin(name, inPackage, Folders.home());
      checkIsNew(plugin.kind());
      Path target = Optional.ofNullable(folder).orElse(Path.of(name));
      write(plugin, target);
      spec.commandLine()
          .getOut()
          .printf(
              """
              %s: the rule kind %s in %s
              Build it:  cd %s && ./mvnw verify
              Use it:    cp %s %s
              """,
              name,
              plugin.kind(),
              target.resolve(plugin.source()),
              target,
              target.resolve("target/" + name + "-1.0.0.jar"),
              folders.plugins());
      spec.commandLine().getOut().flush();
      return Main.DONE;
    }

    /** Two plugins with one kind are both refused. */
    private void checkIsNew(String kind) throws CommandException, InterruptedException {
      try (Generation generation = Plugins.load(folders)) {
        if (generation.ruleKind(kind).isPresent()) {
          throw CommandException.badInput(
              "tollbar: the rule kind %s is supplied by %s; take another name."
                  .formatted(Wording.quote(kind), generation.ruleKind(kind).get().jar()));
        }
      }
    }

    private static void write(NewPlugin plugin, Path target) throws CommandException {
      try {
        if (!isNewOrEmpty(target)) {
          throw CommandException.badInput(
              "tollbar: %s is there already, and not empty. Name another folder with --folder."
                  .formatted(target));
        }
        plugin.write(target);
      } catch (IOException e) {
        throw CommandException.failed("tollbar: " + target + " cannot be written.");
      }
    }

    private static boolean isNewOrEmpty(Path target) throws IOException {
      if (Files.notExists(target)) {
        return true;
      }
      if (!Files.isDirectory(target)) {
        return false;
      }
      try (var files = Files.list(target)) {
        return files.findAny().isEmpty();
      }
    }
  }
}
