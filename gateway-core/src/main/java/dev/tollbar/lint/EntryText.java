package dev.tollbar.lint;

import dev.tollbar.api.Tool;
import dev.tollbar.policy.Selector;
import java.util.List;

/** One entry of a section: what is for which tools, prompts or resources. */
record EntryText(Selector selector, String pointer, List<RuleText> rules) {

  /** Whether this entry is surely for all that the other one is for. */
  boolean covers(EntryText other) {
    return covers(selector, other.selector);
  }

  static boolean covers(Selector wide, Selector narrow) {
    if (wide.text().equals(narrow.text()) && wide.getClass() == narrow.getClass()) {
      return true;
    }
    if (!(wide instanceof Selector.Pattern pattern)) {
      return false;
    }
    boolean named = narrow instanceof Selector.Exact || narrow instanceof Selector.Pattern;
    // A star in the text of a narrower pattern can only be matched by one of the wider.
    return pattern.text().equals("*") || (named && wide.matches(Tool.named(narrow.text())));
  }
}
