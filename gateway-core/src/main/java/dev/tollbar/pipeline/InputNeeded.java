package dev.tollbar.pipeline;

import dev.tollbar.policy.Denial;

/** Ends the line at a call that goes on when its client has asked whoever sits at it. */
final class InputNeeded extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Denial denial;
  private final String result;

  /**
   * A question.
   *
   * @param denial what became of the call for now
   * @param result that asks, as JSON text
   */
  InputNeeded(Denial denial, String result) {
    super(denial.reason(), null, false, false);
    this.denial = denial;
    this.result = result;
  }

  Denial denial() {
    return denial;
  }

  String result() {
    return result;
  }
}
