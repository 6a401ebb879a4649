package dev.tollbar.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A revision of a document, with all that it was read from.
 *
 * @param id its content hash
 * @param file where the document lies: an absolute path
 * @param text the document, as it was written
 * @param files the other files of it, by path relative to the document's folder
 */
public record StoredRevision(String id, String file, String text, SortedMap<String, String> files) {
  public StoredRevision {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
