package dev.tollbar.bootstrap;

import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginInspection;
import dev.tollbar.plugins.PluginLock;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.plugins.PluginTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollbar plugins}. */
@Command(
    name = "plugins",
    description =
        "Lists the plugins of the plugins folder, and why a jar is refused. Exit code 1 if one is.",
    subcommands = {
      PluginsCommand.ListAll.class,
      PluginsCommand.Verify.class,
      PluginsCommand.Lock.class
    })
final class PluginsCommand implements Callable<Integer> {
  @Mixin private GatewayOption where = new GatewayOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    return list(where, spec);
  }

  private static int list(GatewayOption where, CommandSpec spec)
      throws CommandException, InterruptedException {
    Optional<RemoteGateway> gateway =
        where.folders().isPluginsGiven()
            ? Optional.empty()
            : where.named(spec.commandLine().getErr());
    if (gateway.isPresent()) {
      return list(RemotePlugins.of(gateway.get()), spec);
    }
    try (Generation generation = Plugins.load(where.folders())) {
      return list(generation.plugins(), spec);
    }
  }

  private static int list(List<PluginReport> plugins, CommandSpec spec) {
    print(spec, PluginTable.render(plugins));
    return plugins.stream().anyMatch(it -> it.state() == PluginReport.State.REFUSED)
        ? Main.FAILED
        : Main.DONE;
  }

  private static void print(CommandSpec spec, String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  /** {@code tollbar plugins list}. */
  @Command(name = "list", description = "The same as without a command.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws CommandException, InterruptedException {
      return list(where, spec);
    }
  }

  /** {@code tollbar plugins verify}. */
  @Command(
      name = "verify",
      description = {
        "Compares the plugins folder with its plugins.lock: every jar, listed and as it was, with",
        "the signatures that the lock asks for. Runs no plugin. Exit code 1 if something differs."
      })
  static final class Verify implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws CommandException, InterruptedException {
      PluginLock lock = read(folders.plugins());
      if (Files.notExists(folders.plugins().resolve(PluginLock.FILE))) {
        throw CommandException.failed(
            "tollbar: there is no plugins.lock in "
                + folders.plugins()
                + ". Write one with: tollbar plugins lock");
      }
      List<PluginInspection> jars = Plugins.inspect(folders);
      List<String> wrong = new ArrayList<>();
      for (PluginInspection jar : jars) {
        jar.why().or(jar::difference).ifPresent(why -> wrong.add(jar.file() + ": " + why));
      }
      for (PluginLock.Entry entry : lock.plugins()) {
        if (jars.stream().noneMatch(jar -> isThere(entry, jar))) {
          wrong.add(
              "%s %s is listed in plugins.lock, and no jar in the folder is it"
                  .formatted(entry.name(), entry.version()));
        }
      }
      print(
          spec,
          wrong.isEmpty()
              ? jars.size() + " jars, as plugins.lock says\n"
              : String.join("\n", wrong) + "\n");
      return wrong.isEmpty() ? Main.DONE : Main.FAILED;
    }

    private static boolean isThere(PluginLock.Entry entry, PluginInspection jar) {
      return jar.entry()
          .filter(found -> found.name().equals(entry.name()))
          .filter(found -> found.version().equals(entry.version()))
          .isPresent();
    }
  }

  /** {@code tollbar plugins lock}. */
  @Command(
      name = "lock",
      description = {
        "Lists the jars that are in the plugins folder now in its plugins.lock: with require:",
        "listed, no other jar is loaded from then on. Runs no plugin. Signers stay as they are."
      })
  static final class Lock implements Callable<Integer> {
    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--require",
        paramLabel = "WHAT",
        description =
            "What a jar needs to be loaded: listed, signed or any. Default: what the file says, or listed.")
    private @Nullable String require;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Path folder = folders.plugins();
      PluginLock before = read(folder);
      boolean isNew = Files.notExists(folder.resolve(PluginLock.FILE));
      PluginLock.Requirement requirement =
          require == null
              ? isNew ? PluginLock.Requirement.LISTED : before.require()
              : requirement(require);
      List<PluginInspection> jars = Plugins.inspect(folders);
      List<String> wrong = new ArrayList<>();
      jars.forEach(jar -> jar.why().ifPresent(why -> wrong.add(jar.file() + ": " + why)));
      if (!wrong.isEmpty()) {
        throw CommandException.failed(
            String.join("\n", wrong) + "\ntollbar: plugins.lock is not written.");
      }
      List<PluginLock.Entry> entries =
          jars.stream().map(PluginInspection::entry).flatMap(Optional::stream).toList();
      String required = requirement.name().toLowerCase(Locale.ROOT);
      Path file = folder.resolve(PluginLock.FILE);
      CommandTrail.of(folders.dataIfAny(), Clock.systemUTC())
          .record(
              "plugins_lock",
              Optional.of(file.toString()),
              "{\"plugins\":%d,\"require\":\"%s\"}".formatted(entries.size(), required),
              () -> write(folder, new PluginLock(requirement, entries, before.signers())));
      print(spec, "%s: %d plugins, require: %s%n".formatted(file, entries.size(), required));
      return Main.DONE;
    }

    private static PluginLock.Requirement requirement(String word) throws CommandException {
      for (PluginLock.Requirement requirement : PluginLock.Requirement.values()) {
        if (requirement.name().toLowerCase(Locale.ROOT).equals(word)) {
          return requirement;
        }
      }
      throw CommandException.badInput(
          "tollbar: --require: expected listed, signed or any; found \"" + word + "\".");
    }

    /** In one step: a gateway that runs looks at it. */
    private static Path write(Path folder, PluginLock lock) throws CommandException {
      try {
        Path draft = folder.resolve(PluginLock.FILE + ".new");
        Files.writeString(draft, lock.text());
        return Files.move(draft, folder.resolve(PluginLock.FILE), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw CommandException.failed(
            "tollbar: " + folder.resolve(PluginLock.FILE) + " cannot be written.");
      }
    }
  }

  private static PluginLock read(Path folder) throws CommandException {
    try {
      return PluginLock.read(folder);
    } catch (PluginLock.LockException e) {
      throw CommandException.badInput(String.valueOf(e.getMessage()));
    }
  }
}
