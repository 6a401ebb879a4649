package dev.tollbar.plugins;

import dev.tollbar.api.KindCommand;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import java.util.Optional;

/**
 * A rule kind and where it comes from.
 *
 * @param kind for use by any thread: its name and config type are those read at loading, and {@link
 *     RuleKind#create} runs with the plugin's class loader as the thread's own. Rules it creates do
 *     not: who calls them says by {@link #classLoader} whose code runs. Whatever {@code create}
 *     throws is passed on; it is a stranger's code and can throw anything
 * @param plugin {@code id@version}
 * @param jar the jar's name in the plugins folder
 * @param classLoader the plugin's
 */
public record LoadedRuleKind(RuleKind<?> kind, String plugin, String jar, ClassLoader classLoader)
    implements LoadedKind {

  static <C extends Record> LoadedRuleKind of(
      RuleKind<C> kind, KindFacts<C> facts, PluginThread thread, String plugin, String jar) {
    ClassLoader classLoader = thread.classLoader();
    return new LoadedRuleKind(
        thread.isOfBundled()
            ? new InPlugin<>(kind, facts, classLoader)
            : new StrangersRuleKind<>(kind, facts, thread.ofKind()),
        plugin,
        jar,
        classLoader);
  }

  @Override
  public String name() {
    return kind.name();
  }

  private record InPlugin<C extends Record>(
      RuleKind<C> kind, KindFacts<C> facts, ClassLoader classLoader) implements RuleKind<C> {

    @Override
    public String name() {
      return facts.name();
    }

    @Override
    public Class<C> configType() {
      return facts.configType();
    }

    @Override
    public Rule create(C config, RuleContext context) {
      return PluginThread.inPlace(classLoader, () -> kind.create(config, context));
    }

    @Override
    public Optional<KindCommand> command() {
      return PluginThread.inPlace(classLoader, kind::command);
    }
  }
}
