package dev.tollbar.plugins;

/**
 * Code of a plugin did not end in time, or is not run because too much of it did not before, or is
 * under way.
 */
public final class LatePluginException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LatePluginException(String message) {
    super(message);
  }
}
