package dev.tollbar.audit;

/** A decision cannot be recorded, so the call must not happen. The message is for operators. */
public final class RecordingException extends Exception {
  private static final long serialVersionUID = 1L;

  public RecordingException(String message) {
    super(message);
  }
}
