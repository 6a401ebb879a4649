package dev.tollbar.bench;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.RuleContext;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** The surroundings of a rule that needs none. */
record NoDocument() implements RuleContext {
  @Override
  public String policy() {
    return "policy";
  }

  @Override
  public String pointer() {
    return "/tools/create_refund/script";
  }

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public Counters counters() {
    throw new UnsupportedOperationException("nothing is counted");
  }

  @Override
  public Conditions conditions(String key, List<Condition> conditions, Conditions.Quantifier over) {
    throw new UnsupportedOperationException("there are no conditions");
  }

  @Override
  public String file(String key, String path) {
    throw new InvalidConfigException(key, "no file", path);
  }

  @Override
  public Logger logger() {
    return NOPLogger.NOP_LOGGER;
  }
}
