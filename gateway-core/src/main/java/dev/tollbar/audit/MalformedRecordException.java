package dev.tollbar.audit;

import java.io.IOException;

/** A line of a log is no record. The message is for operators: file, line, expected, found. */
public final class MalformedRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedRecordException(String message) {
    super(message);
  }
}
