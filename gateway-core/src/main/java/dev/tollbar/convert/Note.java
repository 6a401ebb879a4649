package dev.tollbar.convert;

import dev.tollbar.document.Problem;

/**
 * What a conversion has to say about one place of the file that it was given.
 *
 * @param place there, and what became of it
 */
public record Note(Degree degree, Problem place) {

  /** How much of it was kept. */
  public enum Degree {
    /** It means the same or permits less. */
    CHANGED("changed"),
    /** It has no like, and what it was for is denied. */
    LOST("not carried over");

    private final String words;

    Degree(String words) {
      this.words = words;
    }
  }

  @Override
  public String toString() {
    return degree.words + ": " + place;
  }
}
