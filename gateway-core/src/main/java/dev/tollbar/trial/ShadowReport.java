package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionReader;
import dev.tollbar.consent.Texts;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What rules in shadow would have denied or asked, by decision records in any order. One thread.
 */
public final class ShadowReport {
  private final Tally all = new Tally();
  private final Tally concerned = new Tally();
  private final Map<Said, Tallies> said = new HashMap<>();

  /** What one rule would have done. */
  private record Said(
      String policy, String rule, Optional<String> pointer, String kind, boolean denies) {}

  /** How often, and how often that would have been news. */
  private static final class Tallies {
    private final Tally calls = new Tally();
    private final Map<String, Long> tools = new TreeMap<>();
    private Optional<String> reason = Optional.empty();
    private Instant reasonAt = Instant.MIN;
    private long permitted;
  }

  /** Takes in one decision. A rule that spoke twice of a call counts once. */
  public void add(DecisionReader.Entry record) {
    all.add(record);
    Set<Said> known = new HashSet<>();
    for (JsonNode line : record.json().path("trace")) {
      String verdict = line.path("verdict").asText();
      if (!line.path("shadow").asBoolean() || verdict.equals("permit")) {
        continue;
      }
      String rule = line.path("rule").asText();
      Said what =
          new Said(
              record.text("policy").orElse("-"),
              rule,
              Optional.ofNullable(line.path("pointer").textValue()),
              line.path("kind").asText(),
              verdict.equals("deny"));
      if (known.add(what)) {
        add(record, line, what);
      }
    }
    if (!known.isEmpty()) {
      concerned.add(record);
    }
  }

  private void add(DecisionReader.Entry record, JsonNode line, Said what) {
    Tallies tallies = said.computeIfAbsent(what, _ -> new Tallies());
    tallies.calls.add(record);
    tallies.tools.merge(
        record.text("tool").orElse("-") + " on " + record.text("server").orElse("-"),
        1L,
        Long::sum);
    if (line.path("reason").isTextual() && !record.time().isBefore(tallies.reasonAt)) {
      tallies.reason = Optional.of(line.path("reason").textValue());
      tallies.reasonAt = record.time();
    }
    if (record.text("decision").filter("permit"::equals).isPresent()) {
      tallies.permitted++;
    }
  }

  private List<Map.Entry<Said, Tallies>> byCalls() {
    Comparator<Map.Entry<Said, Tallies>> calls =
        Comparator.comparingLong(entry -> entry.getValue().calls.calls());
    return said.entrySet().stream()
        .sorted(
            calls
                .reversed()
                .thenComparing(entry -> entry.getKey().policy())
                .thenComparing(entry -> entry.getKey().toString()))
        .toList();
  }

  /** For people; ends with a line feed. */
  public String text(Palette palette) {
    StringBuilder text = new StringBuilder();
    text.append(Tally.counted(all.calls()) + (all.calls() == 0 ? "" : ", " + all.when()) + "\n");
    if (said.isEmpty()) {
      return text.append(palette.good("no rule in shadow would have denied or asked anything"))
          .append('\n')
          .toString();
    }
    text.append(
        palette.notable(
                "rules in shadow would have denied or asked: " + Tally.counted(concerned.calls()))
            + "\n");
    byCalls().forEach(entry -> rule(text, entry.getKey(), entry.getValue(), palette));
    return text.toString();
  }

  private static void rule(StringBuilder text, Said what, Tallies tallies, Palette palette) {
    String where = what.pointer().map(pointer -> " (" + pointer + ")").orElse("");
    text.append(
        "\n%s%s of policy %s would have %s %s\n"
            .formatted(
                palette.strong(Texts.visible(what.rule())),
                Texts.visible(where),
                Texts.visible(what.policy()),
                what.denies() ? palette.bad("denied") : palette.notable("asked for"),
                tallies.calls.text()));
    tallies.reason.ifPresent(reason -> text.append("  " + Texts.visible(reason) + "\n"));
    tallies.tools.forEach((tool, calls) ->
        text.append("  " + Texts.visible(tool) + ": " + Tally.counted(calls) + "\n"));
    text.append("  " + tallies.calls.when() + "\n");
    long anyway = tallies.calls.calls() - tallies.permitted;
    if (anyway > 0) {
      text.append("  denied anyway, by other rules: " + Tally.counted(anyway) + "\n");
    }
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    all.write(json);
    concerned.write(json.putObject("concerned"));
    ArrayNode rules = json.putArray("rules");
    byCalls()
        .forEach(entry -> {
          ObjectNode rule = rules.addObject();
          rule.put("policy", entry.getKey().policy()).put("rule", entry.getKey().rule());
          entry.getKey().pointer().ifPresent(pointer -> rule.put("pointer", pointer));
          rule.put("kind", entry.getKey().kind());
          rule.put("would", entry.getKey().denies() ? "deny" : "ask");
          entry.getValue().reason.ifPresent(reason -> rule.put("reason", reason));
          entry.getValue().calls.write(rule);
          rule.put("permitted", entry.getValue().permitted);
          ObjectNode tools = rule.putObject("tools");
          entry.getValue().tools.forEach(tools::put);
        });
    return json;
  }
}
