package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A file of a document, read into a tree that knows its positions.
 *
 * @param file as the user or the document names it
 */
record Source(String file, JsonNode root, Spot spots) {

  Place place() {
    return new Place(this, "", root);
  }
}
