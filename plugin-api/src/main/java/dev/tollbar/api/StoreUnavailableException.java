package dev.tollbar.api;

/**
 * A store that a decision needs cannot be reached. The call is denied as {@code store_unavailable}.
 */
public class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says so.
   *
   * @param message for operators: one line, no secrets
   */
  public StoreUnavailableException(String message) {
    super(message);
  }

  /**
   * Says so, and why.
   *
   * @param message for operators: one line, no secrets
   * @param cause for the log
   */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without a stack trace, for what happens at every call while it lasts. */
  StoreUnavailableException(String message, boolean writableStackTrace) {
    super(message, null, false, writableStackTrace);
  }
}
