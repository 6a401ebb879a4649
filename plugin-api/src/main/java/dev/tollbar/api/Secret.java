package dev.tollbar.api;

/**
 * A secret of the document: written as {@code {"env": "NAME"}}, {@code {"file": "path"}} or
 * plainly. Never printed: its text form is {@code [redacted]}. Immutable.
 */
public final class Secret {
  private final String value;

  /** The secret that is this text. */
  public Secret(String value) {
    this.value = value;
  }

  /** The secret itself. Must not reach a log, a message or a reply. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
