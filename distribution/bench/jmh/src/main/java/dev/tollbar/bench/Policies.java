package dev.tollbar.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.rule.conditions.DenyIfKind;
import dev.tollbar.rule.conditions.RequireKind;
import dev.tollbar.rule.deny.DenyKind;
import dev.tollbar.rule.limits.LimitsKind;
import dev.tollbar.state.EmbeddedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.helpers.NOPLogger;

/** Writes large policies, and reads them as the gateway does. */
final class Policies {
  private Policies() {}

  /**
   * A document with one policy, which denies by default.
   *
   * @param tools how many entries it has: {@code tool_0} and so on; for a pattern each with a
   *     {@code *} at its end, as {@code tool_0_*}
   * @param rules how many each of them has, a limit among them
   */
  static String document(int tools, int rules, boolean patterns) {
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("version", "2");
    ObjectNode policy = document.putObject("policies").putObject("p").put("default", "deny");
    ObjectNode entries = policy.putObject("tools");
    ObjectNode entry = entry(rules);
    for (int i = 0; i < tools; i++) {
      entries.set(name(i) + (patterns ? "*" : ""), entry);
    }
    return document.toString();
  }

  static String name(int tool) {
    return "tool_" + tool + "_";
  }

  /** Reads a document from a file of its own. */
  static Revision read(String document) {
    try {
      Path file = Files.createTempFile("policy", ".json");
      try {
        Files.writeString(file, document);
        return switch (reader().check(file)) {
          case Reading.Loaded(Revision revision) -> revision;
          case Reading.Rejected rejected -> throw new IllegalStateException(rejected.text());
        };
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DocumentReader reader() {
    EmbeddedState state = EmbeddedState.open(Path.of("unused"), InstantSource.system());
    return new DocumentReader(
        new ReadContext(
            new PolicyKinds(),
            Map.of(),
            state::counters,
            InstantSource.system(),
            _ -> NOPLogger.NOP_LOGGER));
  }

  private static ObjectNode entry(int rules) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < rules - 1; i++) {
      boolean first = i % 2 == 0;
      ObjectNode condition =
          entry
              .withArray(first ? "require" : "deny_if")
              .addObject()
              .putArray("conditions")
              .addObject();
      if (first) {
        condition.put("path", "args.reason").put("op", "exists").put("value", true);
      } else {
        condition.put("path", "args.amount").put("op", "gt").put("value", 1000);
      }
    }
    entry.withArray("limits").addObject().put("max", "1000000000000000").put("window", "minute");
    return entry;
  }

  private record PolicyKinds() implements Kinds {
    private static final List<LoadedKind<RuleKind<?>>> KINDS =
        Stream.of(new DenyKind(), new DenyIfKind(), new RequireKind(), new LimitsKind())
            .map(kind -> new LoadedKind<RuleKind<?>>(kind, "bench@0", "bench.jar"))
            .toList();

    @Override
    public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
      return KINDS.stream().filter(loaded -> loaded.kind().name().equals(name)).findFirst();
    }

    @Override
    public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
      return Optional.empty();
    }

    @Override
    public List<LoadedKind<RuleKind<?>>> rules() {
      return KINDS;
    }

    @Override
    public List<LoadedKind<TransportKind<?>>> transports() {
      return List.of();
    }
  }
}
