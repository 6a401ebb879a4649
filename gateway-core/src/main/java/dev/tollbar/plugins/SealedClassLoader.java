package dev.tollbar.plugins;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one plugin: the JDK, then what the gateway shares, then the plugin's own jar.
 * Its parent is the JDK's, not the gateway's, so no other class and no resource of the gateway can
 * be seen, and a plugin's libraries never meet the gateway's.
 */
final class SealedClassLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  /** Only the gateway's own copy counts; what a jar brings of these is not looked at. */
  private static final List<String> GATEWAY_ONLY =
      List.of("dev.tollbar.api.", "org.pf4j.", "org.graalvm.", "com.oracle.truffle.");

  /** The gateway's copy where it has one; a plugin may add modules that the gateway lacks. */
  private static final List<String> GATEWAY_FIRST = List.of("com.fasterxml.jackson.", "org.slf4j.");

  private final ClassLoader gateway;

  SealedClassLoader(String plugin, URL jar, ClassLoader gateway) {
    super(plugin, new URL[] {jar}, ClassLoader.getPlatformClassLoader());
    this.gateway = gateway;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (GATEWAY_ONLY.stream().anyMatch(name::startsWith)) {
      return gateway.loadClass(name);
    }
    if (GATEWAY_FIRST.stream().anyMatch(name::startsWith)) {
      try {
        return gateway.loadClass(name);
      } catch (ClassNotFoundException e) {
        return super.findClass(name);
      }
    }
    return super.findClass(name);
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> found = Collections.list(findResources(name));
    found.addAll(Collections.list(getParent().getResources(name)));
    return Collections.enumeration(found);
  }
}
