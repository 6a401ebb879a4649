package dev.tollbar.bootstrap;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.Grants;
import dev.tollbar.state.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A whole gateway inside another program, without its fronts: for tests. Wired as the distribution
 * wires it. Safe for use by many threads; close it.
 */
public final class EmbeddedGateway implements AutoCloseable {

  /**
   * What it is made of.
   *
   * @param document reads the document, as it is now
   * @param folder what the paths of the document's servers are relative to
   * @param plugins the folder of the plugin jars
   * @param data the data folder, which exists
   * @param grants grants beside those of the document
   * @param kinds what documents can use, made of what the plugins supply
   * @param watcher is told of every decision, on the thread of its call; must not block
   */
  public record Parts(
      Function<ReadContext, Reading> document,
      Path folder,
      Path plugins,
      Path data,
      InstantSource clock,
      Grants grants,
      UnaryOperator<Kinds> kinds,
      Consumer<DecisionRecord> watcher) {}

  private record Source(Function<ReadContext, Reading> reader, Path folder)
      implements DocumentSource {

    @Override
    public Reading read(ReadContext context) {
      return reader.apply(context);
    }

    @Override
    public Optional<Path> file() {
      return Optional.empty();
    }

    @Override
    public String name() {
      return "document";
    }
  }

  private final GatewayProcess process;
  private final State state;

  private EmbeddedGateway(GatewayProcess process, State state) {
    this.process = process;
    this.state = state;
  }

  /**
   * Starts one.
   *
   * @throws DocumentException with everything that is wrong with the document
   * @throws IOException when the plugins cannot be loaded or the data folder cannot be written
   */
  public static EmbeddedGateway start(Parts parts)
      throws DocumentException, IOException, InterruptedException {
    State state = EmbeddedState.open(parts.data(), parts.clock());
    PluginFolder plugins = new PluginFolder(parts.plugins(), parts.data().resolve("plugins"));
    GatewayProcess process =
        GatewayProcess.open(
            new GatewayProcess.Parts(
                new Source(parts.document(), parts.folder()),
                plugins,
                plugins.load(),
                state,
                parts.grants(),
                parts.data(),
                parts.clock(),
                true,
                List.of(),
                List.of(),
                GatewayProcess.SESSION_IDLE),
            new GatewayProcess.Hooks(
                generation -> parts.kinds().apply(new DocumentKinds(generation)), parts.watcher()));
    process.reachableAt(Optional.empty());
    return new EmbeddedGateway(process, state);
  }

  public Gateway gateway() {
    return process.gateway();
  }

  /** Reads the document again, as when its file changed. What is wrong leaves it as it is. */
  public void reload() {
    process.document().reload();
  }

  /** The content hash of the document in force. */
  public String revision() {
    return process.document().revision().id();
  }

  public Approvals approvals() {
    return state.approvals();
  }

  @Override
  public void close() {
    process.close();
  }
}
