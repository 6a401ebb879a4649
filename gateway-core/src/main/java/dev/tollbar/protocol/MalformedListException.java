package dev.tollbar.protocol;

/** A server's list that cannot be filtered and must not be passed on. */
public final class MalformedListException extends Exception {
  MalformedListException(String message) {
    super(message, null, false, false);
  }
}
