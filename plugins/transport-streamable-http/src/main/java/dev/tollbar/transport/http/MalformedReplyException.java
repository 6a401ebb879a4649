package dev.tollbar.transport.http;

import java.io.IOException;

/** A reply that breaks the rules of HTTP, or a bound of ours. */
final class MalformedReplyException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedReplyException(String message) {
    super(message);
  }
}
