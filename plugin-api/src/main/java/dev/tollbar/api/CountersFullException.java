package dev.tollbar.api;

/**
 * There is no room for a counter that a call needs, because whoever calls has so many already. The
 * store works: calls that need no new counter go on, and no limit may let this call pass unmetered,
 * or whoever fills the room could do so on purpose. Has no stack trace: many calls may end so.
 */
public final class CountersFullException extends StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Says so.
   *
   * @param message for operators: one line, no secrets
   */
  public CountersFullException(String message) {
    super(message, false);
  }
}
