package dev.tollbar.plugins;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;

/** A transport kind of a plugin that did not come with the gateway. */
record StrangersTransportKind<C extends Record>(
    TransportKind<C> kind, KindFacts<C> facts, PluginThread thread) implements TransportKind<C> {

  @Override
  public String name() {
    return facts.name();
  }

  @Override
  public Class<C> configType() {
    return facts.configType();
  }

  @Override
  public UpstreamTransport open(C config, TransportContext context) {
    return thread.made(
        () -> StrangersTransport.of(kind.open(config, context), thread, context),
        late -> late.close());
  }
}
