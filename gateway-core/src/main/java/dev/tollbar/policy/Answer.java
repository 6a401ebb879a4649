package dev.tollbar.policy;

/** What a comparison says to one value. */
sealed interface Answer {

  record Yes() implements Answer {}

  record No() implements Answer {}

  /**
   * The value cannot be judged.
   *
   * @param must what it must be: {@code "must be a number, but is a string"}
   */
  record Wrong(String must) implements Answer {}

  Answer YES = new Yes();
  Answer NO = new No();

  static Answer of(boolean holds) {
    return holds ? YES : NO;
  }
}
