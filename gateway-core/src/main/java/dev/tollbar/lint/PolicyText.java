package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.document.Outline;
import java.util.List;

/**
 * A policy, as its file writes it.
 *
 * @param name its name in the document; empty for a file of version 1 that is checked by itself
 * @param outline the file that it stands in
 * @param first whether that is of version 1
 */
record PolicyText(
    String name,
    Outline outline,
    String pointer,
    boolean first,
    boolean shadow,
    JsonNode node,
    List<SectionText> sections) {

  /** The same policy by another name. */
  PolicyText named(String other) {
    return new PolicyText(other, outline, pointer, first, shadow, node, sections);
  }
}
