package dev.tollbar.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;
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

  private final JarFile jar;
  private final ClassLoader gateway;
  private final boolean bundled;

  /**
   * For one jar.
   *
   * @param bundled whether the plugin came with the gateway
   */
  SealedClassLoader(String plugin, Path file, ClassLoader gateway, boolean bundled)
      throws IOException {
    super(plugin, new URL[] {file.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    this.jar = new JarFile(file.toFile(), true, ZipFile.OPEN_READ, Runtime.version());
    this.gateway = gateway;
    this.bundled = bundled;
  }

  boolean bundled() {
    return bundled;
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
        return own(name);
      }
    }
    return own(name);
  }

  /** As it lies in the jar, but for calls that would end the gateway. */
  private Class<?> own(String name) throws ClassNotFoundException {
    JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes();
      return ExitCalls.isIn(bytes) ? harmless(name, entry, bytes) : super.findClass(name);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private Class<?> harmless(String name, JarEntry entry, byte[] bytes) {
    byte[] harmless = ExitCalls.replace(bytes, this, gateway);
    int end = name.lastIndexOf('.');
    if (end > 0 && getDefinedPackage(name.substring(0, end)) == null) {
      definePackage(name.substring(0, end), null, null, null, null, null, null, null);
    }
    // With the certificates: all classes of a package need the same.
    CodeSource source = new CodeSource(getURLs()[0], entry.getCodeSigners());
    return defineClass(name, harmless, 0, harmless.length, source);
  }

  @Override
  public void close() throws IOException {
    super.close();
    jar.close();
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
