package dev.tollbar.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pf4j.JarPluginManager;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginFactory;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;

/**
 * PF4J for one generation, without what is unsafe here: it never scans a folder, its class loaders
 * are sealed, what a plugin's constructor throws is not swallowed, and nothing outside the jar can
 * disable a plugin. Not safe for use by many threads.
 */
final class PluginHost extends JarPluginManager {
  private final boolean bundled;

  /**
   * For one jar.
   *
   * @param bundled whether it came with the gateway
   */
  PluginHost(Path folder, PluginApi api, boolean bundled) {
    super(folder);
    this.bundled = bundled;
    setSystemVersion(api.version());
  }

  /** Takes one jar; nothing of the plugin has run yet. */
  PluginWrapper add(Path jar) throws Refusal {
    String id = loadPlugin(jar);
    PluginWrapper plugin = getPlugin(id);
    if (plugin.getPluginState().isDisabled()) {
      unloadPlugin(id);
      throw new Refusal(
          "PF4J has not accepted it; compare its Plugin-Requires with plugin API "
              + getSystemVersion());
    }
    return plugin;
  }

  @Override
  protected org.pf4j.PluginLoader createPluginLoader() {
    return new org.pf4j.PluginLoader() {
      @Override
      public boolean isApplicable(Path jar) {
        return true;
      }

      @Override
      public ClassLoader loadPlugin(Path jar, PluginDescriptor descriptor) {
        try {
          return new SealedClassLoader(
              descriptor.getPluginId(), jar, PluginHost.class.getClassLoader(), bundled);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  /** PF4J's own factory logs what goes wrong and returns null. */
  @Override
  protected PluginFactory createPluginFactory() {
    return plugin -> {
      String name = plugin.getDescriptor().getPluginClass();
      try {
        Class<?> type = plugin.getPluginClassLoader().loadClass(name);
        if (!Plugin.class.isAssignableFrom(type)) {
          throw new PluginRuntimeException(
              "Plugin-Class " + name + " does not extend org.pf4j.Plugin");
        }
        Optional<Plugin> withWrapper = createWithWrapper(type.asSubclass(Plugin.class), plugin);
        return withWrapper.isPresent()
            ? withWrapper.get()
            : type.asSubclass(Plugin.class).getConstructor().newInstance();
      } catch (ReflectiveOperationException e) {
        throw new PluginCreationException(e);
      }
    };
  }

  private static Optional<Plugin> createWithWrapper(
      Class<? extends Plugin> type, PluginWrapper plugin) throws ReflectiveOperationException {
    for (var constructor : type.getConstructors()) {
      if (constructor.getParameterCount() == 1
          && constructor.getParameterTypes()[0] == PluginWrapper.class) {
        return Optional.of((Plugin) constructor.newInstance(plugin));
      }
    }
    return Optional.empty();
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new PluginStatusProvider() {
      @Override
      public boolean isPluginDisabled(String id) {
        return false;
      }

      @Override
      public void disablePlugin(String id) {}

      @Override
      public void enablePlugin(String id) {}
    };
  }
}
