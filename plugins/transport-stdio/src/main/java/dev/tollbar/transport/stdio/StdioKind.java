package dev.tollbar.transport.stdio;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import java.time.InstantSource;
import org.pf4j.Extension;

/** The transport kind {@code stdio}. */
@Extension
public final class StdioKind implements TransportKind<StdioConfig> {

  @Override
  public String name() {
    return "stdio";
  }

  @Override
  public Class<StdioConfig> configType() {
    return StdioConfig.class;
  }

  @Override
  public UpstreamTransport open(StdioConfig config, TransportContext context) {
    Launch launch = Launch.of(config, context.folder(), System.getenv());
    return new StdioTransport(config, context, launch, InstantSource.system());
  }
}
