package dev.tollbar.plugins;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.KindCommand;
import dev.tollbar.api.ResultConditions;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** A rule kind of a plugin that did not come with the gateway: its rules are made within a time. */
record StrangersRuleKind<C extends Record>(
    RuleKind<C> kind, KindFacts<C> facts, PluginThread thread) implements RuleKind<C> {

  @Override
  public String name() {
    return facts.name();
  }

  @Override
  public Class<C> configType() {
    return facts.configType();
  }

  @Override
  public Rule create(C config, RuleContext context) {
    AtomicBoolean over = new AtomicBoolean();
    try {
      return thread.made(() -> make(config, new WhileReading(context, over)), late -> late.close());
    } finally {
      over.set(true);
    }
  }

  private Rule make(C config, RuleContext context) {
    Rule rule = kind.create(config, context);
    return new StrangersRule(rule, rule.readsResults(), thread);
  }

  @Override
  public Optional<KindCommand> command() {
    return PluginThread.inPlace(thread.classLoader(), kind::command);
  }

  /** The document is read by one thread: code that comes later must not touch it any more. */
  private record WhileReading(RuleContext context, AtomicBoolean over) implements RuleContext {

    @Override
    public String policy() {
      return context.policy();
    }

    @Override
    public String pointer() {
      return context.pointer();
    }

    @Override
    public InstantSource clock() {
      return context.clock();
    }

    @Override
    public Counters counters() {
      return context.counters();
    }

    @Override
    public Conditions conditions(
        String key, List<Condition> conditions, Conditions.Quantifier over) {
      return context.conditions(key, conditions, over);
    }

    @Override
    public ResultConditions resultConditions(String key, List<Condition> conditions) {
      return context.resultConditions(key, conditions);
    }

    @Override
    public String file(String key, String path) {
      if (over.get()) {
        throw new IllegalStateException("the document was read to its end");
      }
      return context.file(key, path);
    }

    @Override
    public Logger logger() {
      return context.logger();
    }
  }
}
