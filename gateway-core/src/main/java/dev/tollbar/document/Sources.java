package dev.tollbar.document;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The texts that a revision was read from: enough to read it again. Secrets that lie in files of
 * their own are no part of it.
 *
 * @param name the name of the document's file, without its folder
 * @param text the document, as it was written
 * @param files the other files that it names, such as scripts, by path as the document writes it
 */
public record Sources(String name, String text, SortedMap<String, String> files) {
  public Sources {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
