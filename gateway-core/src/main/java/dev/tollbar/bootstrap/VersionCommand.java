package dev.tollbar.bootstrap;

import dev.tollbar.plugins.PluginLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tollbar version}. */
@Command(name = "version", description = "Prints the versions of Tollbar, its plugin API and Java.")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    String api = new PluginLoader().apiVersion();
    spec.commandLine()
        .getOut()
        .printf(
            "tollbar %s, plugin API %s, Java %s%n",
            Build.version(), api, Runtime.version().toString());
    return Main.DONE;
  }
}
