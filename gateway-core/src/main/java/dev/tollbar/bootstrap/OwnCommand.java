package dev.tollbar.bootstrap;

import dev.tollbar.api.KindCommand;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.LoadedRuleKind;
import dev.tollbar.policy.Wording;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code tollbar KIND}: the command that a rule kind has of its own, if it has one. */
@Command(
    description =
        "A command of the rule kind of that name. Without arguments it says how it is used.")
final class OwnCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();
  @Unmatched private List<String> arguments = new ArrayList<>();

  /** Adds it to a program whose arguments begin with a name that may be a kind's. */
  static void join(CommandLine program, String[] args) {
    String name = args[0];
    if (name.matches("[a-z][a-z0-9_]*") && !program.getSubcommands().containsKey(name)) {
      program.addSubcommand(name, new OwnCommand());
    }
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    String name = spec.name();
    try (Generation generation = Plugins.load(folders)) {
      Optional<LoadedRuleKind> kind = generation.ruleKind(name);
      Optional<KindCommand> command = kind.flatMap(it -> it.kind().command());
      if (command.isEmpty()) {
        throw CommandException.badInput(
            "tollbar: there is no command " + Wording.quote(name) + ". See: tollbar --help");
      }
      PrintWriter out = spec.commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(kind.get().classLoader());
      try {
        return command.get().run(List.copyOf(arguments), out, err);
      } finally {
        thread.setContextClassLoader(before);
        out.flush();
        err.flush();
      }
    }
  }
}
