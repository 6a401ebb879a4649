package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How values and choices of a document are written in messages. */
public final class Wording {
  private static final int LONGEST = 80;

  private Wording() {}

  /** A text in quotes, escaped, cut at 80 characters. */
  public static String quote(String text) {
    boolean cut = text.length() > LONGEST;
    int end = cut && Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    String shown = TextNode.valueOf(cut ? text.substring(0, end) : text).toString();
    StringBuilder escaped = new StringBuilder(shown.length() + 2);
    shown.codePoints().forEach(point -> appendVisible(escaped, point));
    return cut ? escaped.insert(escaped.length() - 1, '…').toString() : escaped.toString();
  }

  private static void appendVisible(StringBuilder text, int point) {
    switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          text.append(
              point <= 0xFFFF ? String.format("\\u%04x", point) : String.format("\\U%08x", point));
      default -> text.appendCodePoint(point);
    }
  }

  /** What stands in a document, as a message says it. */
  public static String found(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> quote(value.textValue());
      case OBJECT, ARRAY -> type(value);
      case MISSING -> "nothing";
      default -> cut(value.toString());
    };
  }

  /** A text that is plain already, cut at 80 characters. */
  public static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  /** The type of a value in the words of a document. */
  public static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case OBJECT -> "an object";
      case ARRAY -> "a list";
      case NULL -> "null";
      case MISSING, BINARY, POJO -> "nothing";
    };
  }

  /** {@code a, b or c}. */
  public static String or(Collection<String> choices) {
    List<String> all = List.copyOf(choices);
    if (all.size() < 2) {
      return String.join("", all);
    }
    return String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.getLast();
  }

  /** {@code "a", "b" or "c"}. */
  public static String quotedOr(Collection<String> choices) {
    return or(choices.stream().map(Wording::quote).collect(Collectors.toList()));
  }

  /** {@code . Did you mean "x"?} with the nearest choice; empty if none is near. */
  public static String didYouMean(String word, Collection<String> choices) {
    return nearest(word, choices).map(near -> ". Did you mean " + quote(near) + "?").orElse("");
  }

  private static Optional<String> nearest(String word, Collection<String> choices) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    // A word of one letter is near to every other.
    int bound = Math.min(word.length() - 1, Math.max(1, word.length() / 3));
    String best = "";
    int least = bound + 1;
    for (String choice : choices) {
      int distance = distance(word, choice);
      if (distance < least) {
        least = distance;
        best = choice;
      }
    }
    return least <= bound ? Optional.of(best) : Optional.empty();
  }

  /** Damerau-Levenshtein distance, with adjacent transpositions. */
  private static int distance(String left, String right) {
    int[][] cost = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && left.charAt(i - 1) == right.charAt(j - 2)
            && left.charAt(i - 2) == right.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[left.length()][right.length()];
  }
}
