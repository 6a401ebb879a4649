package dev.tollbar.state;

/** A grant has so many open questions that nobody could answer another one. */
public final class TooManyQuestionsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int most;

  /**
   * Of one grant.
   *
   * @param most how many it may have
   */
  public TooManyQuestionsException(int most) {
    super("%d questions of this grant are open".formatted(most), null, false, false);
    this.most = most;
  }

  /** How many questions a grant may have open. */
  public int most() {
    return most;
  }
}
