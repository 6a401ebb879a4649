package dev.tollbar.document;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Dialect;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads documents of version 1 (policy language, section 2) into the model of version 2. */
final class FirstReader {
  static final List<String> KEYS = List.of("version", "default", "hide", "all_tools", "tools");
  static final List<String> ENTRY_KEYS =
      List.of("action", "reason", "require", "deny_if", "limits", "rate_limit");
  private static final List<String> ACTIONS = List.of("allow", "deny", "require_approval");
  private static final List<String> RULE_KEYS = List.of("conditions", "on_deny");

  private final Desk desk;

  FirstReader(Desk desk) {
    this.desk = desk;
  }

  Policy read(String name, Place place, boolean shadow) {
    desk.problems().addAll(place.unknownKeys(KEYS));
    RuleBuilder rules = new RuleBuilder(desk, name, Dialect.VERSION_1, shadow);
    boolean deny =
        desk.required(place.child("default"), PolicyReader.DEFAULTS)
            .filter("allow"::equals)
            .isEmpty();
    List<Selector> hide = hide(place.child("hide"));
    Place everywhere = place.child("all_tools");
    List<ConfiguredRule> all = new ArrayList<>();
    for (var member : desk.members(everywhere)) {
      if (member.getKey().equals("limits")) {
        all.addAll(limits(member.getValue(), "", rules));
      }
    }
    desk.problems().addAll(everywhere.unknownKeys(List.of("limits")));
    List<SectionRules.Entry> entries = new ArrayList<>();
    for (var member : desk.members(place.child("tools"))) {
      entries.add(
          new SectionRules.Entry(
              new Selector.Exact(member.getKey()),
              tool(member.getKey(), member.getValue(), rules)));
    }
    return new Policy(
        name, shadow, Map.of(Section.TOOLS, new SectionRules(deny, hide, all, entries)), List.of());
  }

  private List<Selector> hide(Place place) {
    if (place.node().isTextual() && place.node().textValue().equals("*")) {
      return List.of(Selector.of("*", Section.TOOLS, true));
    }
    if (place.exists() && !place.node().isArray()) {
      desk.problems().add(place.expected("a list of tool names, or \"*\""));
    }
    List<Selector> hide = new ArrayList<>();
    for (Place item : place.node().isArray() ? place.items() : List.<Place>of()) {
      if (!item.node().isTextual()) {
        desk.problems().add(item.expected("a string"));
      } else if (item.node().textValue().equals("*")) {
        hide.add(Selector.of("*", Section.TOOLS, true));
      } else {
        hide.add(new Selector.Exact(item.node().textValue()));
      }
    }
    return hide;
  }

  private List<ConfiguredRule> tool(String tool, Place place, RuleBuilder rules) {
    List<ConfiguredRule> made = new ArrayList<>();
    for (var member : desk.members(place)) {
      Place value = member.getValue();
      switch (member.getKey()) {
        case "action" -> made.addAll(action(value, place.child("reason"), rules));
        case "reason" -> reason(value, place.child("action"));
        case "require", "deny_if" -> made.addAll(conditions(member.getKey(), value, rules));
        case "limits" -> made.addAll(limits(value, tool, rules));
        case "rate_limit" -> {
          if (fits(value, value.node().isObject(), "an object")) {
            made.addAll(rules.entry("rate_limit", value));
          }
        }
        default -> desk.problems().add(unknown(member.getKey(), value));
      }
    }
    return made;
  }

  private static Problem unknown(String key, Place place) {
    return place.keyProblem(
        "unknown rule kind "
            + Wording.quote(key)
            + "; version 1 has "
            + Wording.or(ENTRY_KEYS).replace(" or ", " and ")
            + Wording.didYouMean(key, ENTRY_KEYS));
  }

  private List<ConfiguredRule> action(Place place, Place reason, RuleBuilder rules) {
    Optional<String> action = desk.required(place, ACTIONS);
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    return switch (action.orElse("allow")) {
      case "deny" -> {
        if (reason.node().isTextual()) {
          config.set("reason", reason.node());
        }
        yield rules.entry("deny", place.with(config));
      }
      case "require_approval" -> rules.entry("approval", place.with(config));
      default -> List.of();
    };
  }

  private void reason(Place place, Place action) {
    if (fits(place, place.node().isTextual(), "a string")
        && !action.node().asText("").equals("deny")) {
      desk.problems().add(place.keyProblem("expected \"reason\" only beside \"action\": \"deny\""));
    }
  }

  private List<ConfiguredRule> conditions(String kind, Place place, RuleBuilder rules) {
    if (!fits(place, place.node().isArray(), "a list")) {
      return List.of();
    }
    List<ConfiguredRule> made = new ArrayList<>();
    for (Place rule : place.items()) {
      List<Problem> unknown = rule.unknownKeys(RULE_KEYS);
      desk.problems().addAll(unknown);
      if (unknown.isEmpty()) {
        made.addAll(single(kind, rule, rules));
      }
    }
    return made;
  }

  /** A counter of version 1 belongs to its tool: its name is made the policy's with the tool's. */
  private List<ConfiguredRule> limits(Place place, String tool, RuleBuilder rules) {
    if (!fits(place, place.node().isArray(), "a list")) {
      return List.of();
    }
    List<ConfiguredRule> made = new ArrayList<>();
    for (Place limit : place.items()) {
      Place named = limit;
      if (limit.child("counter").node().isTextual()
          && !limit.child("counter").node().textValue().isEmpty()) {
        ObjectNode config = ((ObjectNode) limit.node()).deepCopy();
        String owner = tool.replace("~", "~0").replace("/", "~1");
        config.put("counter", owner + "/" + limit.child("counter").node().textValue());
        named = limit.with(config);
      }
      made.addAll(single("limits", named, rules));
    }
    return made;
  }

  private List<ConfiguredRule> single(String kind, Place place, RuleBuilder rules) {
    return fits(place, place.node().isObject(), "an object") ? rules.entry(kind, place) : List.of();
  }

  private boolean fits(Place place, boolean fits, String expected) {
    if (!fits) {
      desk.problems().add(place.expected(expected));
    }
    return fits;
  }
}
