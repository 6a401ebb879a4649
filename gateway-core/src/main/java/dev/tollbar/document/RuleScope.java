package dev.tollbar.document;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.ResultConditions;
import dev.tollbar.api.RuleContext;
import dev.tollbar.policy.ConditionCompiler;
import dev.tollbar.policy.Dialect;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;

/** What one rule may touch. */
record RuleScope(
    Folder folder,
    ReadContext context,
    String policy,
    String pointer,
    ConditionCompiler compiler,
    Counters counters,
    Logger logger)
    implements RuleContext {

  RuleScope(
      Desk desk,
      String policy,
      String pointer,
      String owner,
      Dialect dialect,
      boolean shadow,
      String kind) {
    this(
        desk.folder(),
        desk.context(),
        policy,
        pointer,
        new ConditionCompiler(dialect),
        desk.context().counters().counters(policy, owner, shadow, pointer),
        desk.context().loggers().apply(kind));
  }

  @Override
  public InstantSource clock() {
    return context.clock();
  }

  @Override
  public Conditions conditions(String key, List<Condition> conditions, Conditions.Quantifier over) {
    return compiler.compile(key, conditions, over);
  }

  @Override
  public ResultConditions resultConditions(String key, List<Condition> conditions) {
    return compiler.compileWithResult(key, conditions);
  }

  @Override
  public String file(String key, String path) {
    return folder.read(key, path);
  }
}
