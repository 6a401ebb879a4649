package dev.tollbar.aggregate;

/** A client shows a cursor that was not made here. */
final class MalformedCursorException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedCursorException() {
    super("The cursor is not one of this list.");
  }
}
