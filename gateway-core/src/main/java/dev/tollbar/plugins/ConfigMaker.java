package dev.tollbar.plugins;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs the code of the config records of one kind: compact constructors, and what reads values of
 * types that the plugin writes itself. Safe for use by many threads.
 */
public interface ConfigMaker {

  /** Where it is called: the code is known to end. */
  ConfigMaker HERE =
      new ConfigMaker() {
        @Override
        public <T extends @Nullable Object> T make(Callable<T> code) throws Exception {
          return code.call();
        }
      };

  /**
   * What the code makes.
   *
   * @throws LatePluginException if it does not end in the time that code of strangers has
   * @throws Exception what the code throws
   */
  <T extends @Nullable Object> T make(Callable<T> code) throws Exception;

  /**
   * That of a loaded rule or transport kind: within a time, if it did not come with the gateway.
   */
  static ConfigMaker of(Object kind) {
    return switch (kind) {
      case StrangersRuleKind<?> rule -> within(rule.thread());
      case StrangersTransportKind<?> transport -> within(transport.thread());
      default -> HERE;
    };
  }

  private static ConfigMaker within(PluginThread thread) {
    return new ConfigMaker() {
      @Override
      public <T extends @Nullable Object> T make(Callable<T> code) throws Exception {
        return thread.bounded(code, _ -> {});
      }
    };
  }
}
