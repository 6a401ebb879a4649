package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Why a call is decided as it is. */
public sealed interface Explained {

  /** The gateway turns the call away before any policy. */
  record TurnedAway(String revision, CallSketch sketch, Access.Refused refused)
      implements Explained {}

  /**
   * A policy judges it.
   *
   * @param shadow whether nothing that the policy says is acted on
   */
  record Judgement(String revision, CallSketch sketch, String policy, boolean shadow, Judged judged)
      implements Explained {}

  /** For people; ends with a line feed. */
  default String text(Palette palette) {
    return new ExplainedText(palette).of(this);
  }

  /** For programs. */
  default ObjectNode json() {
    return ExplainedJson.of(this);
  }
}
