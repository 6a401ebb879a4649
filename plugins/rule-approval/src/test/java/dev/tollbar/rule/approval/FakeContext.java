package dev.tollbar.rule.approval;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Counters;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.RuleContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A context whose conditions answer what the test says. */
final class FakeContext implements RuleContext {
  Match match = new Match.Fails();
  @Nullable Compiled compiled;
  private Optional<InvalidConfigException> refusal = Optional.empty();

  record Compiled(String key, List<Condition> conditions, Conditions.Quantifier over) {}

  void refuse(String key, String expected, String found) {
    refusal = Optional.of(new InvalidConfigException(key, expected, found));
  }

  @Override
  public Conditions conditions(String key, List<Condition> conditions, Conditions.Quantifier over) {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    compiled = new Compiled(key, conditions, over);
    return call -> match;
  }

  @Override
  public String policy() {
    return "tickets";
  }

  @Override
  public String pointer() {
    return "/tools/pay/rule/0";
  }

  @Override
  public InstantSource clock() {
    throw new AssertionError("not needed");
  }

  @Override
  public Counters counters() {
    throw new AssertionError("not needed");
  }

  @Override
  public String file(String key, String path) {
    throw new AssertionError("not needed");
  }

  @Override
  public Logger logger() {
    return LoggerFactory.getLogger("rule");
  }
}
