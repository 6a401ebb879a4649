package dev.tollbar.plugins;

/** Carries what reflection threw through PF4J's interfaces, which declare nothing. */
final class PluginCreationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PluginCreationException(ReflectiveOperationException cause) {
    super(cause);
  }
}
