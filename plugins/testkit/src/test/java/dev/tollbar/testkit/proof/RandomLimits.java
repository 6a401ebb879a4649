package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Documents full of limits, and calls that meet them often. */
final class RandomLimits {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> NAMES = List.of("pay", "read_file", "p");
  private static final List<String> WINDOWS =
      List.of("second", "minute", "hour", "day", "week", "month", "2s", "90s", "20m", "1h", "3d");
  private static final List<String> SCOPES =
      List.of("grant", "server", "session", "global", "args.a", "args.b");

  /** Among them the lengths of rolling windows, so that calls meet their ends. */
  private static final List<Duration> STEPS =
      List.of(
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMillis(1),
          Duration.ofMillis(499),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(90),
          Duration.ofMinutes(20),
          Duration.ofHours(1),
          Duration.ofHours(7),
          Duration.ofDays(1),
          Duration.ofDays(3),
          Duration.ofDays(9));

  private final Random random;
  private int ids;

  /** What becomes of a call. */
  enum Ending {
    OK,
    TOOL_ERROR,
    /** A result that says {@code declined}. */
    DECLINED,
    GONE,
    BROKEN,
    CANCELLED,
    PROTOCOL_ERROR
  }

  RandomLimits(long seed) {
    this.random = new Random(seed);
  }

  private <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  /** Which one of so many. */
  int one(int of) {
    return random.nextInt(of);
  }

  Ending ending() {
    return once(2) ? Ending.OK : of(List.of(Ending.values()));
  }

  Duration step() {
    return of(STEPS);
  }

  ObjectNode document() {
    ids = 0;
    return once(4) ? first() : second();
  }

  private ObjectNode second() {
    ObjectNode document = NODES.objectNode().put("version", "2");
    ObjectNode policy = document.putObject("policies").putObject("p");
    policy.put("default", "allow");
    if (once(10)) {
      policy.put("mode", "shadow");
    }
    if (once(2)) {
      policy.putObject("all_tools").set("limits", list(this::limit));
    }
    ObjectNode tools = policy.putObject("tools");
    for (String selector : List.of("pay", "p*", "*")) {
      ObjectNode entry = NODES.objectNode();
      if (once(6)) {
        entry.putObject("approval");
      }
      if (!once(4)) {
        entry.set("limits", once(4) ? limit() : list(this::limit));
      }
      if (once(6)) {
        entry.set("rate_limit", tuned(rate(), true));
      }
      if (once(8)) {
        entry.putObject("deny_if").putArray("conditions").add(isB());
      }
      tools.set(selector, entry);
    }
    return document;
  }

  private static ObjectNode isB() {
    return NODES.objectNode().put("path", "args.b").put("op", "eq").put("value", "b");
  }

  private ObjectNode first() {
    ObjectNode document = NODES.objectNode().put("version", "1").put("default", "allow");
    if (once(3)) {
      document.putObject("all_tools").set("limits", list(() -> quota(false)));
    }
    ObjectNode tools = document.putObject("tools");
    for (String name : NAMES) {
      ObjectNode entry = tools.putObject(name);
      if (once(4)) {
        entry.put("action", "require_approval");
      }
      if (!once(4)) {
        entry.set("limits", list(() -> quota(true)));
      }
      if (once(4)) {
        entry.set("rate_limit", rate());
      }
    }
    return document;
  }

  private ArrayNode list(Supplier<ObjectNode> each) {
    ArrayNode list = NODES.arrayNode();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      list.add(each.get());
    }
    return list;
  }

  private ObjectNode rate() {
    return NODES.objectNode().put("max", 1 + random.nextInt(4)).put("window", of(List.of(2, 90)));
  }

  /** In a version 1 document limits have fewer keys. */
  private ObjectNode quota(boolean named) {
    ObjectNode config = NODES.objectNode();
    config.put("window", of(WINDOWS.subList(0, 6)));
    most(config);
    if (once(3)) {
      config.put("amount", of(List.of("args.a", "args.b")));
    }
    if (once(2)) {
      config.put("scope", of(SCOPES));
    }
    return once(3) && named ? config.put("counter", of(List.of("one", "other"))) : config;
  }

  private void most(ObjectNode config) {
    if (once(3)) {
      config.put("max", of(List.of("0.3", "10.00", "2.5")));
    } else {
      config.put("max", random.nextInt(5));
    }
  }

  private ObjectNode limit() {
    ObjectNode config = NODES.objectNode();
    if (once(5)) {
      config.put("concurrency", 1 + random.nextInt(3));
    } else {
      config.put("window", of(WINDOWS));
      most(config);
      if (once(3)) {
        config.put("amount", of(List.of("args.a", "args.b")));
      }
    }
    switch (random.nextInt(4)) {
      case 0 -> config.put("scope", of(SCOPES));
      case 1 -> {
        String some = of(SCOPES);
        ArrayNode scopes = config.putArray("scope").add(some);
        String more = of(SCOPES);
        if (!more.equals(some)) {
          scopes.add(more);
        }
      }
      default -> {}
    }
    if (once(3)) {
      config.put("counter", of(List.of("one", "other")));
    }
    if (once(4)) {
      ArrayNode refunds = config.putArray("refund_on");
      if (once(2)) {
        refunds.add("is_error");
      } else {
        refunds
            .addObject()
            .put("path", "result.structuredContent.status")
            .put("op", "eq")
            .put("value", "declined");
      }
    }
    return tuned(config, once(2));
  }

  private ObjectNode tuned(ObjectNode config, boolean plain) {
    if (plain) {
      return config;
    }
    if (once(2)) {
      config.put("id", "rule-" + ids++);
    }
    if (once(3)) {
      config.put("on_deny", "Not so many.");
    }
    return once(4) ? config.put("mode", "shadow") : config;
  }

  Situation situation(Instant time) {
    ObjectNode arguments = NODES.objectNode();
    for (String name : List.of("a", "b")) {
      switch (random.nextInt(8)) {
        case 0 -> {}
        case 1 -> arguments.put(name, of(List.of("a", "b", "1")));
        case 2 ->
            arguments.set(
                name,
                DecimalNode.valueOf(
                    new BigDecimal(of(List.of("1.0", "0.1", "1e0", "2.50", "10.00")))));
        default -> arguments.set(name, IntNode.valueOf(random.nextInt(4)));
      }
    }
    return new Situation(
        "tools",
        NODES.objectNode().put("name", of(NAMES)),
        true,
        arguments,
        of(List.of("laptop", "laptop", "desktop")),
        Map.of(),
        of(List.of("tickets", "tickets", "files")),
        once(3) ? Optional.empty() : Optional.of(of(List.of("s1", "s2"))),
        time,
        "fits");
  }
}
