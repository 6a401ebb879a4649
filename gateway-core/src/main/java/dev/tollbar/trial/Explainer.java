package dev.tollbar.trial;

import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.pipeline.SchemaCheck;
import java.util.Collection;

/**
 * Says why a call is decided as it is: every rule in order, what it saw and what it said. Takes
 * nothing, asks nobody. Safe for use by many threads.
 */
public final class Explainer {
  private final Judge judge;

  public Explainer(RuleWatch watch) {
    this.judge = new Judge(watch);
  }

  /**
   * Explains one call.
   *
   * @param stored grants beside those of the document
   */
  public Explained explain(Revision revision, Collection<Grant> stored, CallSketch sketch) {
    Bench bench = Bench.of(revision, stored);
    return switch (bench.access(sketch.grant(), sketch.server(), sketch.time())) {
      case Access.Refused refused -> new Explained.TurnedAway(revision.id(), sketch, refused);
      case Access.Granted granted ->
          new Explained.Judgement(
              revision.id(),
              sketch,
              granted.policy().name(),
              granted.policy().shadow(),
              judge.judge(
                  granted.policy(),
                  sketch.section(),
                  sketch.call(granted.labels(), granted.policy().name()),
                  new SchemaCheck(sketch.inputSchema())));
    };
  }
}
