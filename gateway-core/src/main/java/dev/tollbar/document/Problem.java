package dev.tollbar.document;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One thing wrong with a document.
 *
 * @param file as the user or the document names it
 * @param line counted from 1; 0 if it is about the file as such
 * @param column counted from 1, in characters
 * @param pointer a JSON Pointer into the file; empty for its root
 * @param message what was expected and what was found, in the words of the file
 */
public record Problem(String file, int line, int column, String pointer, String message) {

  /** The problems as people are shown them: a heading a file, a line a problem. */
  public static String text(List<Problem> problems) {
    Map<String, List<Problem>> files =
        problems.stream()
            .collect(Collectors.groupingBy(Problem::file, LinkedHashMap::new, Collectors.toList()));
    StringBuilder text = new StringBuilder();
    files.forEach((file, mine) -> {
      text.append(text.isEmpty() ? "" : "\n").append(file).append(": ");
      text.append(mine.size() == 1 ? "1 problem" : mine.size() + " problems");
      for (int i = 0; i < mine.size(); i++) {
        text.append("\n  ").append(i + 1).append(". ").append(mine.get(i));
      }
    });
    return text.toString();
  }

  /** {@code 14:9 /tools/pay: expected …; found …}. */
  @Override
  public String toString() {
    String at = line == 0 ? "" : line + ":" + column;
    String where = pointer.isEmpty() || at.isEmpty() ? at + pointer : at + " " + pointer;
    return where.isEmpty() ? message : where + ": " + message;
  }
}
