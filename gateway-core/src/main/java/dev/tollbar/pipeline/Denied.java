package dev.tollbar.pipeline;

import dev.tollbar.policy.Denial;

/** Ends the line at a stage that denied the call. */
final class Denied extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Denial denial;

  Denied(Denial denial) {
    super(denial.reason(), null, false, false);
    this.denial = denial;
  }

  Denial denial() {
    return denial;
  }
}
