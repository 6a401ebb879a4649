package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionReader;
import dev.tollbar.consent.Texts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What came of recorded calls under a candidate for the document. One thread. */
public final class ReplayReport {
  private final String candidate;
  private final String revision;
  private final Tally all = new Tally();
  private final Map<Change, Tally> changed = new LinkedHashMap<>();
  private final Map<Unknown, Tally> unknown = new LinkedHashMap<>();
  private long same;
  private long others;

  /** Calls whose decision changes in the same way. */
  private record Change(String server, String tool, Standing before, Standing after) {}

  /** Calls that could not be judged, for the same reason. */
  private record Unknown(String server, String tool, String why) {}

  ReplayReport(String candidate, String revision) {
    this.candidate = candidate;
    this.revision = revision;
  }

  void notOfAPolicy() {
    others++;
  }

  void judged(DecisionReader.Entry record, Standing before, Standing after) {
    all.add(record);
    if (before.word() == after.word()) {
      same++;
      return;
    }
    Standing was = new Standing(before.word(), before.rule(), Optional.empty());
    changed
        .computeIfAbsent(new Change(server(record), tool(record), was, after), _ -> new Tally())
        .add(record);
  }

  void unknown(DecisionReader.Entry record, String why) {
    all.add(record);
    unknown
        .computeIfAbsent(new Unknown(server(record), tool(record), why), _ -> new Tally())
        .add(record);
  }

  private static String server(DecisionReader.Entry record) {
    return record.text("server").orElse("-");
  }

  private static String tool(DecisionReader.Entry record) {
    return record.text("tool").orElse("-");
  }

  /** Whether every call was judged, and decided as before. */
  public boolean nothingChanges() {
    return changed.isEmpty() && unknown.isEmpty();
  }

  private static long calls(Map<?, Tally> tallies) {
    return tallies.values().stream().mapToLong(Tally::calls).sum();
  }

  private static <K> List<Map.Entry<K, Tally>> byCalls(Map<K, Tally> tallies) {
    return tallies.entrySet().stream()
        .sorted((one, other) -> Long.compare(other.getValue().calls(), one.getValue().calls()))
        .toList();
  }

  /** For people; ends with a line feed. */
  public String text(Palette palette) {
    StringBuilder text = new StringBuilder();
    text.append("%s, revision %s\n".formatted(candidate, revision.substring(0, 12)));
    text.append(Tally.counted(all.calls()) + (all.calls() == 0 ? "" : ", " + all.when()) + "\n");
    if (!changed.isEmpty()) {
      text.append(
          "\n" + palette.notable("decided otherwise: " + Tally.counted(calls(changed))) + "\n");
      byCalls(changed).forEach(entry -> change(text, entry.getKey(), entry.getValue(), palette));
    }
    if (!unknown.isEmpty()) {
      text.append(
          "\n"
              + palette.notable("could not be judged: " + Tally.counted(calls(unknown)))
              + ", as the records do not say enough\n");
      byCalls(unknown)
          .forEach(entry -> {
            Unknown key = entry.getKey();
            text.append(
                "  %s on %s: %s\n"
                    .formatted(
                        Texts.visible(key.tool()),
                        Texts.visible(key.server()),
                        entry.getValue().text()));
            text.append("    " + Texts.visible(key.why()) + "\n");
          });
    }
    text.append("\n" + palette.good("decided as before: " + Tally.counted(same)) + "\n");
    if (others > 0) {
      text.append(
          "not decided by a policy, and left out: "
              + others
              + (others == 1 ? " record" : " records")
              + "\n");
    }
    return text.toString();
  }

  private static void change(StringBuilder text, Change change, Tally tally, Palette palette) {
    String after = change.after().word().word();
    boolean worse = change.after().word() != Standing.Word.PERMIT;
    text.append(
        "  %s → %s  %s on %s: %s\n"
            .formatted(
                change.before().word().word(),
                worse ? palette.bad(after) : palette.good(after),
                Texts.visible(change.tool()),
                Texts.visible(change.server()),
                tally.text()));
    change
        .before()
        .rule()
        .ifPresent(rule -> text.append("    before by " + Texts.visible(rule) + "\n"));
    String by = change.after().rule().map(rule -> "by " + rule).orElse("");
    String reason = change.after().reason().orElse("");
    String now = by + (by.isEmpty() || reason.isEmpty() ? "" : ": ") + reason;
    if (!now.isEmpty()) {
      text.append("    now " + Texts.visible(now) + "\n");
    } else if (change.after().word() == Standing.Word.DENY) {
      text.append("    now by one of several rules: the records do not say enough to tell which\n");
    }
    text.append("    " + tally.when() + "\n");
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("candidate", candidate);
    json.put("revision", revision);
    all.write(json);
    json.put("same", same);
    json.put("changed", calls(changed));
    json.put("unknown", calls(unknown));
    json.put("not_of_a_policy", others);
    ArrayNode changes = json.putArray("changes");
    byCalls(changed)
        .forEach(entry -> {
          ObjectNode change = changes.addObject();
          change.put("tool", entry.getKey().tool()).put("server", entry.getKey().server());
          standing(change.putObject("before"), entry.getKey().before());
          standing(change.putObject("after"), entry.getKey().after());
          entry.getValue().write(change);
        });
    ArrayNode unknowns = json.putArray("unknowns");
    byCalls(unknown)
        .forEach(entry -> {
          ObjectNode one = unknowns.addObject();
          one.put("tool", entry.getKey().tool()).put("server", entry.getKey().server());
          one.put("why", entry.getKey().why());
          entry.getValue().write(one);
        });
    return json;
  }

  private static void standing(ObjectNode into, Standing standing) {
    into.put("decision", standing.word().word());
    standing.rule().ifPresent(rule -> into.put("rule", rule));
    standing.reason().ifPresent(reason -> into.put("reason", reason));
  }
}
