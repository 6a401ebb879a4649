package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/** A script that decides: without a usable answer in time, it denies. */
final class ScriptRule implements Rule {
  private final LoadedScript script;
  private final Conduct conduct;
  private final String place;
  private final String pointer;
  private final Logger logger;

  /** Whether the script has ever read what is left of limits: it is looked up for it since. */
  private volatile boolean readsLimits;

  /**
   * @param place where the rule stands, for the log
   */
  ScriptRule(LoadedScript script, Conduct conduct, String place, RuleContext context) {
    this.script = script;
    this.conduct = conduct;
    this.place = place;
    this.pointer = context.pointer();
    this.logger = context.logger();
  }

  @Override
  public Verdict evaluate(Call call) throws InterruptedException {
    Notes notes = new Notes(false);
    try {
      conduct.admit();
      return Answer.read(ask(call, notes));
    } catch (ScriptFailure e) {
      if (e.kind() != ScriptFailure.Kind.QUARANTINED) { // said once, when it began
        logger.warn("{}: script gave no verdict: {}", place, e.detail());
      }
      if (e.runaway()) {
        conduct.ranAway(e.detail());
      }
      return denial(e);
    } finally {
      notes.lines().forEach(line -> call.debug(pointer + ": " + line));
    }
  }

  /** A script that reads limits for the first time is run again: it has no effects. */
  private String ask(Call call, Notes notes) throws ScriptFailure, InterruptedException {
    if (!readsLimits) {
      try {
        return script.call(call, Optional.empty(), notes);
      } catch (ScriptFailure e) {
        if (e.kind() != ScriptFailure.Kind.WANTS_LIMITS) {
          throw e;
        }
      }
      readsLimits = true;
      notes.forget();
    }
    return script.call(call, Optional.of(Limits.of(call)), notes);
  }

  /** What the script read, in order, and what went wrong in it. */
  @Override
  public Explanation explain(Call call) throws InterruptedException {
    Notes notes = new Notes(true);
    try {
      conduct.admit();
      Verdict verdict = Answer.read(ask(call, notes));
      return new Explanation(verdict, seen(notes));
    } catch (ScriptFailure e) {
      List<Observation> observations = seen(notes);
      observations.add(
          Observation.of(
              "script",
              "gave no verdict: " + e.detail(),
              Map.of("failure", TextNode.valueOf(e.detail()))));
      return new Explanation(denial(e), observations);
    }
  }

  /** What it read, then what it said on its console. */
  private static List<Observation> seen(Notes notes) {
    List<Observation> observations = new ArrayList<>(notes.observations());
    for (String line : notes.lines()) {
      observations.add(
          Observation.of("console", "says " + line, Map.of("line", TextNode.valueOf(line))));
    }
    return observations;
  }

  /** The document's text is for calls that the script denies, and would mislead here. */
  private static Verdict denial(ScriptFailure e) {
    return new Verdict.Deny(
        Verdict.Code.RULE_ERROR, e.kind().publicText(), true, Optional.empty(), Optional.empty());
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
