package dev.tollbar.legacy;

/** A line whose server waits for the answer to what a result asked; any thread may use it. */
public interface WaitingLine {

  /**
   * Gives up the call that waits, since its client was not told of the question. Does nothing if
   * there is no such call.
   *
   * @param requestState of the result that asked
   */
  void withdraw(String requestState);
}
