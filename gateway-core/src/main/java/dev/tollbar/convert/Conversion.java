package dev.tollbar.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.convert.Note.Degree;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Outline;
import java.util.List;

/**
 * A document of version 2 that was made from another one. What could not be carried over is denied
 * in it: it never permits a call that the other one denies.
 *
 * @param document the whole of it, with one policy
 * @param notes what reads or decides otherwise, in the order of the file
 */
public record Conversion(ObjectNode document, List<Note> notes) {
  public Conversion {
    notes = List.copyOf(notes);
  }

  /** What is converted. */
  public enum Origin {
    /** Version 1 of Tollbar's own documents. */
    V1,
    /** The YAML of the Intercept proxy. */
    INTERCEPT;

    /**
     * What a file seems to be. Both say {@code version: "1"}; only Intercept has rules in lists.
     */
    public static Origin of(Outline outline) {
      boolean lists =
          outline.root().path("tools").valueStream().anyMatch(tool -> tool.has("rules"));
      boolean other = lists || outline.root().has("description") || !outline.root().has("default");
      return other ? INTERCEPT : V1;
    }
  }

  /**
   * Converts a file.
   *
   * @param policy the name of the policy
   * @throws DocumentException if the file is not what it should be, with all that is wrong with it
   */
  public static Conversion of(Outline outline, Origin origin, String policy)
      throws DocumentException {
    return switch (origin) {
      case V1 -> new FirstConversion(outline, policy).convert();
      case INTERCEPT -> new InterceptConversion(outline, policy).convert();
    };
  }

  /** Whether everything was carried over. */
  public boolean complete() {
    return notes.stream().noneMatch(note -> note.degree() == Degree.LOST);
  }

  /**
   * The report, as people are shown it.
   *
   * @param file what was converted, as they named it
   */
  public String report(String file) {
    long lost = notes.stream().filter(note -> note.degree() == Degree.LOST).count();
    StringBuilder text = new StringBuilder(file + ": ");
    text.append(lost == 0 ? "everything was carried over" : lost + " not carried over")
        .append(lost == notes.size() ? "" : ", " + (notes.size() - lost) + " changed")
        .append('\n');
    notes.forEach(note -> text.append("  ").append(note).append('\n'));
    return text.toString();
  }
}
