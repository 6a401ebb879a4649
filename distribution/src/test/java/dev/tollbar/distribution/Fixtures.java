package dev.tollbar.distribution;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the unpacked archive, the npm packages and the Node client to tests; each is made once a
 * run.
 */
final class Fixtures implements ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(Fixtures.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Archive.class || type == NpmPackages.class || type == NodeClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == Archive.class) {
      return archive(context);
    }
    return type == NpmPackages.class ? npm(context) : new NodeClient(npm(context));
  }

  private static Archive archive(ExtensionContext context) {
    return once(context, Archive.class, () -> Archive.unpack(target().resolve("it")));
  }

  private static NpmPackages npm(ExtensionContext context) {
    return once(
        context,
        NpmPackages.class,
        () ->
            NpmPackages.install(
                Path.of(System.getProperty("tollbar.npm", "")), target().resolve("npm")));
  }

  private static Path target() {
    return Archive.packed("tar.gz").toAbsolutePath().resolveSibling("");
  }

  @FunctionalInterface
  private interface Making<T> {
    T make() throws Exception;
  }

  private static <T> T once(ExtensionContext context, Class<T> type, Making<T> making) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(
            type,
            key -> {
              try {
                return making.make();
              } catch (Exception e) {
                throw new ParameterResolutionException("Cannot make " + type.getSimpleName(), e);
              }
            },
            type);
  }
}
