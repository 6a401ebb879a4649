package dev.tollbar.aggregate;

import java.util.ArrayList;
import java.util.List;

/**
 * A URI template (RFC 6570) as far as it tells whether a URI may come of it: the text between its
 * expressions. An expression stands for any text, or none.
 */
record Template(List<String> texts) {

  static Template of(String template) {
    List<String> texts = new ArrayList<>();
    int from = 0;
    for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', from)) {
      int close = template.indexOf('}', open);
      if (close < 0) {
        break;
      }
      texts.add(template.substring(from, open));
      from = close + 1;
    }
    texts.add(template.substring(from));
    return new Template(List.copyOf(texts));
  }

  /** How much of the URI the template spells out; 0 if the URI does not come of it. */
  int fit(String uri) {
    String first = texts.getFirst();
    if (texts.size() == 1) {
      return uri.equals(first) ? first.length() : 0;
    }
    String last = texts.getLast();
    int end = uri.length() - last.length();
    if (!uri.startsWith(first) || end < first.length() || !uri.endsWith(last)) {
      return 0;
    }
    int at = first.length();
    int length = first.length() + last.length();
    for (String text : texts.subList(1, texts.size() - 1)) {
      int found = uri.indexOf(text, at);
      if (found < 0 || found + text.length() > end) {
        return 0;
      }
      at = found + text.length();
      length += text.length();
    }
    return length;
  }
}
