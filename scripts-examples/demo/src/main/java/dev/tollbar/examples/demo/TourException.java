package dev.tollbar.examples.demo;

/** The tour cannot go on. */
final class TourException extends Exception {
  private final String text;

  TourException(String text) {
    super(text);
    this.text = text;
  }

  /** For whoever runs the tour. */
  String text() {
    return text;
  }
}
