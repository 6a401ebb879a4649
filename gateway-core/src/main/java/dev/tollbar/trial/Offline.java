package dev.tollbar.trial;

import dev.tollbar.document.Kinds;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.ReadContext.CounterSource;
import dev.tollbar.pipeline.RuleWatch;
import java.time.InstantSource;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.helpers.NOPLogger;

/**
 * What documents on trial are read with: rules that log nothing, and a stand-in for every secret of
 * the environment that is not set, since no server is reached with it.
 *
 * @param watch runs the rules
 */
public record Offline(Kinds kinds, RuleWatch watch) {

  /** For one document, with a clock and counters of the caller's. */
  public ReadContext context(InstantSource clock, CounterSource counters) {
    return new ReadContext(
        kinds, new Environment(System.getenv()), counters, clock, _ -> NOPLogger.NOP_LOGGER);
  }

  /** Has a value under every name. */
  private static final class Environment extends AbstractMap<String, String> {
    private static final String STAND_IN = "not set";

    private final Map<String, String> real;

    Environment(Map<String, String> real) {
      this.real = real;
    }

    @Override
    public String get(Object name) {
      String value = real.get(name);
      return value == null || value.isEmpty() ? STAND_IN : value;
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
      return real.entrySet();
    }
  }
}
