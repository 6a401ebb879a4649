package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The program. Exit codes: 0 done, 1 failed, 2 bad input, 3 done with findings. */
@Command(
    name = "tollbar",
    description = "The policy gateway for MCP.",
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int FINDINGS = 3;

  private static final List<Class<?>> COMMANDS =
      List.of(
          ServeCommand.class,
          StdioCommand.class,
          CheckCommand.class,
          ConvertCommand.class,
          HistoryCommand.class,
          ShowCommand.class,
          DiffCommand.class,
          RollbackCommand.class,
          ExplainCommand.class,
          TestCommand.class,
          ReplayCommand.class,
          ShadowCommand.class,
          GrantCommand.class,
          AdminCommand.class,
          ApprovalsCommand.class,
          StateCommand.class,
          AuditCommand.class,
          PluginsCommand.class,
          PluginCommand.class,
          SchemaCommand.class,
          StartCacheCommand.class,
          DemoCommand.class,
          VersionCommand.class);

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // the library acts on it
  private boolean help;

  private Main() {}

  /** Runs one command, and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command. */
  static int run(String... args) {
    return run(args.length == 0 ? program() : program(args[0]), args);
  }

  /** With all commands. */
  static CommandLine program() {
    return program("");
  }

  /**
   * With the one command of that name, or with all if there is none: reading what all of them take
   * is a fifth of a start.
   */
  static CommandLine program(String name) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command -> command.getAnnotation(Command.class).name().equals(name))
            .toList();
    CommandLine program = new CommandLine(new Main());
    (named.isEmpty() ? COMMANDS : named).forEach(program::addSubcommand);
    return program;
  }

  /** Runs one command of a program that may print elsewhere. */
  static int run(CommandLine line, String... args) {
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false); // options that take @FILE read it themselves
    line.setParameterExceptionHandler(Main::badArguments);
    line.setExecutionExceptionHandler(Main::failed);
    if (args.length == 0) {
      line.usage(line.getErr());
      return BAD_INPUT;
    }
    OwnCommand.join(line, args);
    return line.execute(args);
  }

  private static int badArguments(ParameterException problem, String[] args) {
    PrintWriter err = problem.getCommandLine().getErr();
    err.println("tollbar: " + WrongArgument.text(problem));
    err.println("See: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return BAD_INPUT;
  }

  private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult result) {
    if (failure instanceof CommandException expected) {
      line.getErr().println(expected.getMessage());
      return expected.exitCode();
    }
    if (failure instanceof StoreUnavailableException store) {
      line.getErr().println("tollbar: " + store.getMessage());
      return FAILED;
    }
    if (failure instanceof InterruptedException) {
      line.getErr().println("tollbar: stopped.");
      return FAILED;
    }
    line.getErr().println("tollbar: failed unexpectedly: " + failure);
    org.slf4j.LoggerFactory.getLogger(Main.class).error("unexpected", failure);
    return FAILED;
  }
}
