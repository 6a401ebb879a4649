package dev.tollbar.rule.script;

import dev.tollbar.api.Call;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.util.Optional;
import org.slf4j.Logger;

/** A script that decides: without a usable answer in time, it denies. */
final class ScriptRule implements Rule {
  private final Script script;
  private final String place;
  private final Logger logger;

  /**
   * @param place where the rule stands, for the log
   */
  ScriptRule(Script script, String place, Logger logger) {
    this.script = script;
    this.place = place;
    this.logger = logger;
  }

  @Override
  public Verdict evaluate(Call call) throws InterruptedException {
    try {
      return Answer.read(script.call(call));
    } catch (ScriptFailure e) {
      logger.warn("{}: script gave no verdict: {}", place, e.detail());
      return new Verdict.Deny(
          Verdict.Code.RULE_ERROR,
          e.kind().publicText(),
          false,
          Optional.empty(),
          Optional.empty());
    }
  }

  @Override
  public void close() {
    script.close();
  }
}
