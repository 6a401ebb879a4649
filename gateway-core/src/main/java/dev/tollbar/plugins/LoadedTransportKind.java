package dev.tollbar.plugins;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;

/**
 * A transport kind and where it comes from.
 *
 * @param kind as {@link LoadedRuleKind#kind}, with {@link TransportKind#open}
 * @param plugin {@code id@version}
 * @param jar the jar's name in the plugins folder
 * @param classLoader the plugin's
 */
public record LoadedTransportKind(
    TransportKind<?> kind, String plugin, String jar, ClassLoader classLoader)
    implements LoadedKind {

  static <C extends Record> LoadedTransportKind of(
      TransportKind<C> kind, KindFacts<C> facts, PluginThread thread, String plugin, String jar) {
    ClassLoader classLoader = thread.classLoader();
    return new LoadedTransportKind(
        thread.isOfBundled()
            ? new InPlugin<>(kind, facts, classLoader)
            : new StrangersTransportKind<>(kind, facts, thread.ofKind()),
        plugin,
        jar,
        classLoader);
  }

  @Override
  public String name() {
    return kind.name();
  }

  private record InPlugin<C extends Record>(
      TransportKind<C> kind, KindFacts<C> facts, ClassLoader classLoader)
      implements TransportKind<C> {

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
      return PluginThread.inPlace(classLoader, () -> kind.open(config, context));
    }
  }
}
