package dev.tollbar.bootstrap;

import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.plugins.PluginTable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tollbar plugins}. */
@Command(
    name = "plugins",
    description =
        "Lists the plugins of the plugins folder, and why a jar is refused. Exit code 1 if one is.")
final class PluginsCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    try (Generation generation = Plugins.load(folders)) {
      spec.commandLine().getOut().print(PluginTable.render(generation.plugins()));
      spec.commandLine().getOut().flush();
      boolean refused =
          generation.plugins().stream()
              .anyMatch(report -> report.state() == PluginReport.State.REFUSED);
      return refused ? Main.FAILED : Main.DONE;
    }
  }
}
