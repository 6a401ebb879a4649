package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Documents and calls out of few words, so that they often meet. */
final class RandomPolicies {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> NAMES =
      List.of("read_file", "read_dir", "write_file", "pay", "a/b~c", "büro", "p");
  private static final List<String> SELECTORS =
      List.of(
          "read_*",
          "*_file",
          "*",
          "p*y",
          "*a*",
          "@category:read",
          "@category:write",
          "@category:destructive",
          "@annotation:readOnlyHint=true",
          "@annotation:destructiveHint=true",
          "@annotation:idempotentHint=false",
          "@annotation:title=Pay");
  private static final List<String> HINTS =
      List.of("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint");
  private static final List<String> PATHS =
      List.of(
          "args.a",
          "args.a",
          "args.b",
          "args.a.b",
          "args[\"a.b\"]",
          "args.items[0]",
          "args.items[*]",
          "args.items[*].a",
          "args.items[*].items[*]",
          "args.items[1].a");
  private static final List<String> FACTS =
      List.of(
          "grant.name",
          "grant.labels.team",
          "server",
          "tool.name",
          "tool.annotations.title",
          "tool.annotations.readOnlyHint",
          "tool.annotations.destructiveHint",
          "time.utc_hour");
  private static final List<String> WEEKDAYS = List.of("monday", "friday", "sunday");
  private static final List<String> CATEGORIES = List.of("read", "write", "destructive");
  private static final List<String> WORDS =
      List.of("", "a", "b", "ab", "aab", "xyz", "Pay", "laptop", "finance", "pay", "100.01", "é😀");
  private static final List<String> NUMBERS =
      List.of("0", "1", "1.0", "1e0", "-5", "0.1", "0.10", "100", "100.01", "99.999", "1e3", "12");
  private static final List<String> WILD = List.of("1e400", "1e20000", "-1e20000", "1e-20000");
  private static final List<String> REGEXES = List.of("^a", "b+$", "x.z", "[0-9]+", "^$", "a|b");
  private static final List<String> GLOBS = List.of("a*", "*b", "?", "a?b", "*", "x*z", "");
  private static final List<String> FIRST_OPERATORS =
      List.of("eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "exists", "regex", "contains");
  private static final List<String> LATER_OPERATORS =
      List.of("glob", "starts_with", "ends_with", "host_in", "path_within", "cidr", "length_lte");
  private static final List<String> KINDS =
      List.of(
          "deny",
          "deny_if",
          "deny_if",
          "deny_if",
          "require",
          "require",
          "limits",
          "limits",
          "rate_limit",
          "approval",
          "approval",
          "approval",
          "script");

  private final Random random;
  private int ids;

  /** Whether numbers may have any size: documents refuse them. */
  private boolean wild;

  RandomPolicies(long seed) {
    this.random = new Random(seed);
  }

  private <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  /** A document of either version that holds one policy, {@code p}. */
  ObjectNode document() {
    ids = 0;
    wild = false;
    ObjectNode document = NODES.objectNode();
    if (once(3)) {
      document.put("version", "1");
      return first(document);
    }
    document.put("version", "2");
    ObjectNode policy = document.putObject("policies").putObject("p");
    part(policy, "tools", true);
    if (once(2)) {
      policy.set("all_tools", rules());
    }
    if (once(6)) {
      policy.put("mode", of(List.of("shadow", "enforce")));
    }
    if (once(2)) {
      policy.put("validate_arguments", once(2));
    }
    for (String section : List.of("prompts", "resources")) {
      if (once(4)) {
        part(policy.putObject(section), "entries", false);
      }
    }
    return document;
  }

  private ObjectNode first(ObjectNode document) {
    document.put("default", of(List.of("allow", "deny")));
    if (once(5)) {
      document.put("hide", "*");
    } else if (once(3)) {
      document.putArray("hide").add(of(NAMES)).add(once(9) ? "*" : of(NAMES));
    }
    if (once(3)) {
      document.putObject("all_tools").putArray("limits").add(limit(false));
    }
    ObjectNode tools = document.putObject("tools");
    for (int i = random.nextInt(6); i > 0; i--) {
      ObjectNode entry = NODES.objectNode();
      for (int k = random.nextInt(4); k > 0; k--) {
        switch (random.nextInt(5)) {
          case 0 -> entry.set("require", list(() -> conditional(false)));
          case 1 -> entry.set("deny_if", list(() -> conditional(false)));
          case 2 -> entry.set("limits", list(() -> limit(false)));
          case 3 -> entry.set("rate_limit", rate());
          default -> entry.put("action", of(List.of("allow", "deny", "require_approval")));
        }
      }
      if (entry.path("action").asText().equals("deny") && once(2)) {
        entry.put("reason", "Ask a human.");
      }
      tools.set(of(NAMES), entry);
    }
    return document;
  }

  private void part(ObjectNode part, String entries, boolean tools) {
    part.put("default", of(List.of("allow", "allow", "deny")));
    List<String> selectors = new ArrayList<>(NAMES);
    selectors.addAll(tools ? SELECTORS : SELECTORS.subList(0, 5));
    if (once(4)) {
      ArrayNode hide = part.putArray("hide");
      hide.add(once(3) ? "@unlisted" : of(selectors));
    }
    ObjectNode all = part.putObject(entries);
    for (int i = random.nextInt(6); i > 0; i--) {
      all.set(of(selectors), rules());
    }
  }

  private ObjectNode rules() {
    ObjectNode rules = NODES.objectNode();
    for (int i = random.nextInt(4); i > 0; i--) {
      String kind = of(KINDS);
      rules.set(kind, once(2) ? list(() -> rule(kind)) : rule(kind));
    }
    return rules;
  }

  private ArrayNode list(Supplier<JsonNode> each) {
    ArrayNode list = NODES.arrayNode();
    for (int i = random.nextInt(3) + (once(5) ? 0 : 1); i > 0; i--) {
      list.add(each.get());
    }
    return list;
  }

  private ObjectNode rule(String kind) {
    ObjectNode config =
        switch (kind) {
          case "deny" -> once(2) ? NODES.objectNode() : NODES.objectNode().put("reason", "No.");
          case "limits" -> limit(true);
          case "rate_limit" -> rate();
          case "approval" -> approval();
          case "script" -> NODES.objectNode().put("source", of(NaiveScripts.SOURCES));
          default -> conditional(true);
        };
    if (once(4)) {
      config.put("id", "rule-" + ids++);
    }
    if (once(3)) {
      config.put("on_deny", "Not so.");
    }
    if (once(5)) {
      config.put("mode", of(List.of("shadow", "enforce")));
    }
    return config;
  }

  private ObjectNode rate() {
    return NODES.objectNode().put("max", 1 + random.nextInt(9)).put("window", 60);
  }

  private ObjectNode approval() {
    ObjectNode config = NODES.objectNode();
    if (once(2)) {
      config.set("when", conditions(true));
    }
    return once(2) ? config : config.put("reason", "Large.");
  }

  private ObjectNode limit(boolean later) {
    ObjectNode config = NODES.objectNode();
    config.put("window", of(List.of("minute", "hour", "day")));
    if (once(2)) {
      config.put("max", of(List.of("0.3", "5000.00", "1", "100")));
    } else {
      config.put("max", 1 + random.nextInt(20));
    }
    if (once(2)) {
      config.put("amount", of(List.of("args.a", "args.b")));
    }
    if (once(3)) {
      config.put("scope", of(List.of("grant", "server", "global", "args.a", "args.b")));
    }
    return once(3) && later ? config.put("counter", "shared") : config;
  }

  private ObjectNode conditional(boolean later) {
    ObjectNode config = NODES.objectNode();
    config.set("conditions", once(8) ? NODES.arrayNode() : conditions(later));
    return once(3) && !later ? config.put("on_deny", "Not so.") : config;
  }

  private ArrayNode conditions(boolean later) {
    ArrayNode conditions = NODES.arrayNode();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      conditions.add(condition(later, 0));
    }
    return conditions;
  }

  private ObjectNode condition(boolean later, int depth) {
    ObjectNode condition = NODES.objectNode();
    if (later && depth < 3 && once(4)) {
      if (once(2)) {
        condition.set("not", condition(true, depth + 1));
        return condition;
      }
      ArrayNode group = condition.putArray(of(List.of("any", "all")));
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        group.add(condition(true, depth + 1));
      }
      return condition;
    }
    if (later && once(8)) {
      boolean day = once(2);
      condition.put("path", day ? "time.weekday" : "tool.category");
      condition.put("op", of(List.of("eq", "neq", "in", "not_in")));
      JsonNode word = TextNode.valueOf(of(day ? WEEKDAYS : CATEGORIES));
      boolean list = condition.path("op").textValue().endsWith("in");
      condition.set("value", list ? NODES.arrayNode().add(word) : word);
      return condition;
    }
    String path = later && once(4) ? of(FACTS) : of(PATHS);
    condition.put("path", path);
    String op = later && once(3) ? of(LATER_OPERATORS) : of(FIRST_OPERATORS);
    condition.put("op", op);
    condition.set("value", possible(path, op).orElseGet(() -> wanted(op)));
    return condition;
  }

  /** Documents refuse what a fact can never be; empty where it can be anything. */
  private Optional<JsonNode> possible(String path, String op) {
    boolean hour = path.equals("time.utc_hour");
    if (path.startsWith("args") || path.startsWith("tool.annotations")) {
      return Optional.empty();
    }
    Supplier<JsonNode> one =
        () -> hour ? IntNode.valueOf(random.nextInt(24)) : TextNode.valueOf(of(WORDS));
    return switch (op) {
      case "eq", "neq" -> Optional.of(one.get());
      case "in", "not_in" -> Optional.of(NODES.arrayNode().add(one.get()).add(one.get()));
      case "lt", "lte", "gt", "gte" -> Optional.of(one.get()).filter(_ -> hour);
      default -> Optional.empty();
    };
  }

  private JsonNode wanted(String op) {
    return switch (op) {
      case "in", "not_in" -> NODES.arrayNode().add(value(1)).add(value(1));
      case "lt", "lte", "gt", "gte" -> number();
      case "exists" -> BooleanNode.valueOf(once(2));
      case "regex" -> TextNode.valueOf(of(REGEXES));
      case "glob" -> TextNode.valueOf(of(GLOBS));
      case "starts_with", "ends_with" -> TextNode.valueOf(of(WORDS));
      case "host_in" ->
          someOf(List.of("example.com", "*.example.com", "127.0.0.1", "[::1]", "EVIL.org."));
      case "path_within" -> someOf(List.of("/srv/data", "/srv", ".", "./out"));
      case "cidr" -> someOf(sorted(NaiveOperators.NETWORKS.keySet()));
      case "length_lte" -> IntNode.valueOf(random.nextInt(4));
      default -> value(1);
    };
  }

  private JsonNode someOf(List<String> texts) {
    return once(2) ? TextNode.valueOf(of(texts)) : NODES.arrayNode().add(of(texts)).add(of(texts));
  }

  private static List<String> sorted(Collection<String> texts) {
    return texts.stream().sorted().toList();
  }

  private JsonNode number() {
    return number(of(NUMBERS));
  }

  private static JsonNode number(String text) {
    return text.matches("-?[0-9]+")
        ? IntNode.valueOf(Integer.parseInt(text))
        : DecimalNode.valueOf(new BigDecimal(text));
  }

  private JsonNode value(int depth) {
    return switch (random.nextInt(depth > 2 ? 4 : 7)) {
      case 0 -> NullNode.getInstance();
      case 1 -> BooleanNode.valueOf(once(2));
      case 2 -> number();
      case 3 -> TextNode.valueOf(of(WORDS));
      case 4 -> number();
      case 5 -> {
        ArrayNode list = NODES.arrayNode();
        for (int i = random.nextInt(3); i > 0; i--) {
          list.add(value(depth + 1));
        }
        yield list;
      }
      default -> members(depth + 1);
    };
  }

  private ObjectNode members(int depth) {
    ObjectNode members = NODES.objectNode();
    for (String name : List.of("a", "b", "a.b", "items")) {
      if (once(2)) {
        members.set(name, argument(name, depth));
      }
    }
    return members;
  }

  private JsonNode argument(String name, int depth) {
    if (name.equals("items") && !once(4) && depth < 3) {
      ArrayNode list = NODES.arrayNode();
      for (int i = random.nextInt(4); i > 0; i--) {
        list.add(once(2) ? members(depth + 1) : value(depth + 1));
      }
      return list;
    }
    return switch (random.nextInt(12)) {
      case 0 -> number(of(wild ? WILD : NUMBERS));
      case 1 -> TextNode.valueOf(of(sorted(NaiveOperators.HOSTS.keySet())));
      case 2 -> TextNode.valueOf(of(sorted(NaiveOperators.PATHS.keySet())));
      case 3 -> TextNode.valueOf(of(sorted(NaiveOperators.ADDRESSES.keySet())));
      default -> value(depth);
    };
  }

  Situation situation() {
    wild = true;
    ObjectNode entry = NODES.objectNode().put("name", of(NAMES));
    boolean seen = !once(6);
    if (seen && once(2)) {
      ObjectNode annotations = entry.putObject("annotations");
      for (String hint : HINTS) {
        if (once(3)) {
          annotations.put(hint, once(2));
        }
      }
      if (once(3)) {
        annotations.put("title", of(List.of("Pay", "Read")));
      }
    }
    String section = of(List.of("tools", "tools", "tools", "tools", "prompts", "resources"));
    boolean tool = section.equals("tools");
    return new Situation(
        section,
        tool ? entry : NODES.objectNode().put("name", entry.path("name").textValue()),
        tool && seen,
        members(0),
        of(List.of("laptop", "desktop")),
        once(2) ? Map.of() : Map.of("team", of(List.of("finance", "a"))),
        of(List.of("tickets", "files")),
        Optional.empty(),
        Instant.parse("2026-11-23T00:00:00Z").plusSeconds(random.nextInt(7 * 24) * 3600L),
        of(
            List.of(
                "fits",
                "fits",
                "fits",
                "fits",
                "fits",
                "fits",
                "fits",
                "differs",
                "unseen",
                "unusable")));
  }
}
