package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/** A script that decides: without a usable answer in time, it denies. */
final class ScriptRule implements Rule {
  private final Script script;
  private final Conduct conduct;
  private final String place;
  private final Logger logger;

  /**
   * @param place where the rule stands, for the log
   */
  ScriptRule(Script script, Conduct conduct, String place, Logger logger) {
    this.script = script;
    this.conduct = conduct;
    this.place = place;
    this.logger = logger;
  }

  @Override
  public Verdict evaluate(Call call) throws InterruptedException {
    try {
      conduct.admit();
      return Answer.read(script.call(call));
    } catch (ScriptFailure e) {
      if (e.kind() != ScriptFailure.Kind.QUARANTINED) { // said once, when it began
        logger.warn("{}: script gave no verdict: {}", place, e.detail());
      }
      if (e.runaway()) {
        conduct.ranAway(e.detail());
      }
      return denial(e);
    }
  }

  /** What the script read, in order, and what went wrong in it. */
  @Override
  public Explanation explain(Call call) throws InterruptedException {
    TracedCall traced = new TracedCall(call);
    try {
      conduct.admit();
      Verdict verdict = Answer.read(script.call(traced));
      return new Explanation(verdict, traced.observations());
    } catch (ScriptFailure e) {
      List<Observation> observations = new ArrayList<>(traced.observations());
      observations.add(
          Observation.of(
              "script",
              "gave no verdict: " + e.detail(),
              Map.of("failure", TextNode.valueOf(e.detail()))));
      return new Explanation(denial(e), observations);
    }
  }

  private static Verdict denial(ScriptFailure e) {
    return new Verdict.Deny(
        Verdict.Code.RULE_ERROR, e.kind().publicText(), false, Optional.empty(), Optional.empty());
  }

  @Override
  public Optional<String> outage() {
    return conduct.outage().map(why -> "the script is " + why);
  }

  @Override
  public void close() {
    script.close();
  }
}
