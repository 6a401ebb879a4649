package dev.tollbar.distribution;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the unpacked archive, the npm packages and the Node client to tests; each is made once a
 * process: the tests run in several, and each process has an archive of its own.
 */
final class Fixtures implements ParameterResolver {

  private static final String FORK = System.getProperty("tollbar.fork", "1");

  /** Outlives the engine, which starts anew for each class. */
  private static final Map<Class<?>, Object> MADE = new ConcurrentHashMap<>();

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Archive.class || type == NpmPackages.class || type == NodeClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == Archive.class) {
      return archive();
    }
    return type == NpmPackages.class ? npm() : new NodeClient(npm());
  }

  private static Archive archive() {
    return (Archive)
        MADE.computeIfAbsent(
            Archive.class, _ -> made(() -> Archive.unpack(target().resolve("it").resolve(FORK))));
  }

  private static NpmPackages npm() {
    return (NpmPackages)
        MADE.computeIfAbsent(
            NpmPackages.class,
            _ ->
                made(() ->
                    NpmPackages.install(
                        Path.of(System.getProperty("tollbar.npm", "")), target().resolve("npm"))));
  }

  private static Path target() {
    return Archive.packed("tar.gz").toAbsolutePath().resolveSibling("");
  }

  @FunctionalInterface
  private interface Making {
    Object make() throws Exception;
  }

  private static Object made(Making making) {
    try {
      return making.make();
    } catch (Exception e) {
      throw new ParameterResolutionException("Cannot make what the test asks for", e);
    }
  }
}
