package dev.tollbar.bootstrap;

import dev.tollbar.plugins.Generation;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.State;
import dev.tollbar.stdio.StdioFront;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollbar stdio}. */
@Command(
    name = "stdio",
    description =
        "Is a stdio MCP server itself, for clients that launch their servers: the same gateway, over pipes.",
    customSynopsis = {
      "tollbar stdio --policy FILE [OPTIONS] -- COMMAND ARGS...",
      "tollbar stdio --policy FILE [OPTIONS] --upstream URL"
    })
final class StdioCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Mixin private ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    DocumentSource source = server.source();
    Path data = folders.data();
    PluginFolder plugins = Plugins.folder(folders);
    Generation generation = Plugins.load(plugins);
    State state = EmbeddedState.open(data, Clock.systemUTC());
    try (GatewayProcess process =
        GatewayProcess.start(
            new GatewayProcess.Parts(
                source,
                plugins,
                generation,
                state,
                new NoGrants(),
                data,
                Clock.systemUTC(),
                true,
                List.of(),
                List.of(),
                GatewayProcess.SESSION_IDLE))) {
      process.reachableAt(Optional.empty());
      Runtime.getRuntime().addShutdownHook(new Thread(process::close, "stop"));
      String name = process.document().revision().servers().keySet().iterator().next();
      // Nothing but MCP may be on standard output, whatever a library prints.
      FileOutputStream out = new FileOutputStream(FileDescriptor.out);
      System.setOut(System.err);
      new StdioFront(process.gateway(), name, out, Clock.systemUTC()).serve(System.in);
      return Main.DONE;
    } catch (IOException e) {
      throw CommandException.failed("tollbar: the pipe to the client broke: " + e.getMessage());
    }
  }
}
