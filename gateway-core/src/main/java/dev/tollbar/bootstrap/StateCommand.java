package dev.tollbar.bootstrap;

import dev.tollbar.state.Revisions;
import dev.tollbar.state.StoreFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar state}: what outlives the process, as a whole. */
@Command(
    name = "state",
    description =
        "Looks at, saves, restores and prunes what outlives the process: grants, approvals,"
            + " counters, revisions.",
    subcommands = {
      StateCommand.Info.class,
      StateCommand.Backup.class,
      StateCommand.Restore.class,
      StateCommand.Prune.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class StateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: info, backup, restore or prune");
  }

  private static StoreFile existing(Folders folders) throws CommandException {
    StoreFile store = StoreFile.in(folders.dataIfAny());
    if (!store.exists()) {
      throw CommandException.badInput(
          "tollbar: nothing is stored yet: there is no file " + store.file() + ".");
    }
    return store;
  }

  private static CommandException failed(String what, IOException e) {
    return CommandException.failed("tollbar: " + what + ": " + reason(e));
  }

  /** Why a file could not be read or written, in a word. */
  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code tollbar state info}. */
  @Command(
      name = "info",
      description = {
        "Says how large the file is, what it holds, and whether it is sound. Works while a gateway"
            + " runs.",
        "Exit code 0 if it is sound, 1 if it is not, 2 if there is none."
      })
  static final class Info implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Prints the same as JSON.")
    private boolean json;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      StateReport report =
          gateway.isPresent()
              ? StateReport.of(gateway.get().get("/state", Map.of()))
              : here(where.folders());
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? report.json().toPrettyString() + System.lineSeparator() : report.text());
      out.flush();
      return report.info().faults().isEmpty() ? Main.DONE : Main.FAILED;
    }

    private static StateReport here(Folders folders) throws CommandException {
      StoreFile store = existing(folders);
      try {
        return new StateReport(store.info(Clock.systemUTC().instant()), runs(folders.dataIfAny()));
      } catch (IOException e) {
        throw failed(store.file() + " cannot be read", e);
      }
    }

    private static boolean runs(Path data) throws IOException {
      Optional<GatewayLock> alone = GatewayLock.alone(data);
      if (alone.isPresent()) {
        alone.get().close();
      }
      return alone.isEmpty();
    }
  }

  /** {@code tollbar state backup}. */
  @Command(
      name = "backup",
      description =
          "Writes a copy of the store, as of one moment. Works while a gateway runs. The copy holds"
              + " digests of tokens and arguments of calls: keep it as safe as the data folder.")
  static final class Backup implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The copy; it must not exist yet.")
    private @Nullable Path file;

    @Override
    public Integer call() throws CommandException {
      StoreFile store = existing(folders);
      Path target = Objects.requireNonNull(file).toAbsolutePath();
      if (Files.exists(target)) {
        throw CommandException.badInput(
            "tollbar: " + target + " exists; name a file that does not.");
      }
      try {
        store.backup(target);
      } catch (IOException e) {
        throw failed(target + " cannot be written", e);
      }
      spec.commandLine().getOut().println("tollbar: saved " + store.file() + " as " + target);
      return Main.DONE;
    }
  }

  /** {@code tollbar state restore}. */
  @Command(
      name = "restore",
      description = {
        "Puts a copy back in place. No gateway may run on the data folder meanwhile.",
        "What was there stays beside it as tollbar.db.before-restore. Counters go back to where"
            + " they were when the copy was made: what was admitted since may be admitted again."
      })
  static final class Restore implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "What state backup has written.")
    private @Nullable Path file;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Path copy = Objects.requireNonNull(file).toAbsolutePath();
      if (!Files.isRegularFile(copy)) {
        throw CommandException.badInput("tollbar: there is no file " + copy + ".");
      }
      Path data = folders.data();
      StoreFile store = StoreFile.in(data);
      Path before =
          CommandTrail.of(data, Clock.systemUTC())
              .record("restore", Optional.of(copy.toString()), "", () -> restore(data, copy));
      PrintWriter out = spec.commandLine().getOut();
      if (!before.equals(store.file())) {
        out.println("tollbar: what was there is now " + before);
      }
      out.println("tollbar: restored " + store.file() + " from " + copy);
      return Main.DONE;
    }

    private static Path restore(Path data, Path copy) throws CommandException {
      StoreFile store = StoreFile.in(data);
      try {
        Optional<GatewayLock> alone = GatewayLock.alone(data);
        if (alone.isEmpty()) {
          throw CommandException.failed(
              "tollbar: a gateway runs on " + data + "; stop it first, then restore.");
        }
        try (GatewayLock _ = alone.get()) {
          return store.restore(copy);
        }
      } catch (IOException e) {
        throw failed(store.file() + " cannot be restored", e);
      }
    }
  }

  /** {@code tollbar state prune}. */
  @Command(
      name = "prune",
      description =
          "Drops what is of no use any more: approvals a day after their end, counters an hour"
              + " after theirs, and revisions beyond those to keep. Works while a gateway runs,"
              + " which does the same from time to time.")
  static final class Prune implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--keep-revisions",
        paramLabel = "N",
        description =
            "How many times of coming into force are kept, the newest. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + Revisions.KEPT)
    private int keepRevisions = Revisions.KEPT;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      if (keepRevisions < 1) {
        throw new ParameterException(
            spec.commandLine(),
            "--keep-revisions: expected a number above 0; found " + keepRevisions);
      }
      StoreFile store = existing(folders);
      StoreFile.Pruned pruned =
          CommandTrail.of(folders.dataIfAny(), Clock.systemUTC())
              .record(
                  "prune",
                  Optional.empty(),
                  "{\"keep_revisions\":" + keepRevisions + "}",
                  () -> store.prune(Clock.systemUTC().instant(), keepRevisions));
      spec.commandLine()
          .getOut()
          .println(
              "tollbar: dropped "
                  + counted(pruned.approvals(), "approval")
                  + ", "
                  + counted(pruned.counters(), "counter")
                  + " and "
                  + counted(pruned.revisions(), "revision"));
      return Main.DONE;
    }
  }
}
