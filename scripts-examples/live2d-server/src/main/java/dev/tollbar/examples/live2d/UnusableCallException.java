package dev.tollbar.examples.live2d;

/** A call that cannot be done; the message is for the caller. */
final class UnusableCallException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnusableCallException(String message) {
    super(message);
  }
}
