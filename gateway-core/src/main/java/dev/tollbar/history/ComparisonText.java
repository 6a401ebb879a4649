package dev.tollbar.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** A comparison as people read it, and as programs do. */
public final class ComparisonText {
  private ComparisonText() {}

  /** Lines, each with its end; one that says so if nothing changes. */
  public static String words(Comparison comparison) {
    if (comparison.isEmpty()) {
      return "nothing changes for any call\n";
    }
    StringBuilder text = new StringBuilder();
    String heading = "";
    for (Change change : comparison.changes()) {
      String mine = change.server() + ", for " + Words.and(change.grants()) + ":\n";
      if (!mine.equals(heading)) {
        text.append(mine);
        heading = mine;
      }
      text.append("  ").append(subject(change)).append(": ").append(change.before().word());
      if (change.before() == change.after()) {
        text.append(" as before, by other rules\n");
      } else {
        text.append(" -> ").append(change.after().word()).append('\n');
      }
      change.removed().forEach(rule -> text.append("    - ").append(rule).append('\n'));
      change.added().forEach(rule -> text.append("    + ").append(rule).append('\n'));
    }
    comparison.others().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static String subject(Change change) {
    String noun = change.section().noun();
    return change.subject().isEmpty() ? "any other " + noun : noun + " " + change.subject();
  }

  /** {@code {"from", "to", "changes": [...], "others": [...]}}. */
  public static ObjectNode json(String from, String to, Comparison comparison) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", from).put("to", to);
    ArrayNode changes = json.putArray("changes");
    for (Change change : comparison.changes()) {
      ObjectNode node = changes.addObject();
      node.put("server", change.server());
      add(node.putArray("grants"), change.grants());
      node.put("section", change.section().name().toLowerCase(Locale.ROOT));
      node.put("subject", change.subject().isEmpty() ? "*" : change.subject());
      node.put("other", change.subject().isEmpty());
      node.put("before", change.before().word());
      node.put("after", change.after().word());
      add(node.putArray("removed"), change.removed());
      add(node.putArray("added"), change.added());
    }
    add(json.putArray("others"), comparison.others());
    return json;
  }

  private static void add(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
