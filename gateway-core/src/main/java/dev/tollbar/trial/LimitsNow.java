package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Tool;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Section;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is left of each limit at this moment, for each grant that it counts. Takes nothing. */
public final class LimitsNow {
  /** Whose explanations have the members that are read here. */
  private static final String PLUGIN = "rule-limits@";

  private LimitsNow() {}

  /**
   * One limit for one grant.
   *
   * @param rule its id, or else its pointer
   * @param limit in words
   * @param max as a number
   * @param left empty where the counter depends on the call
   * @param note why there is nothing left to tell
   */
  public record Left(
      String grant,
      String server,
      String policy,
      String rule,
      boolean shadow,
      Optional<String> limit,
      Optional<String> max,
      Optional<String> left,
      Optional<String> resetsAt,
      Optional<String> note) {}

  /**
   * All of them.
   *
   * @param stored grants beside those of the document
   */
  public static List<Left> of(Revision revision, Collection<Grant> stored, Instant now) {
    Bench bench = Bench.of(revision, stored);
    List<Left> all = new ArrayList<>();
    for (Map.Entry<String, Set<String>> reach : reaches(bench).entrySet()) {
      for (String server : reach.getValue()) {
        if (bench.access(reach.getKey(), server, now) instanceof Access.Granted granted) {
          granted.policy().rules().stream()
              .filter(rule -> rule.plugin().startsWith(PLUGIN))
              .forEach(rule -> all.add(left(reach.getKey(), server, granted, rule, now)));
        }
      }
    }
    return all;
  }

  private static Map<String, Set<String>> reaches(Bench bench) {
    Map<String, Set<String>> reaches = new TreeMap<>();
    List<String> grants = bench.grants();
    (grants.isEmpty() ? List.of(LocalGrant.NAME) : grants)
        .forEach(grant -> reaches.put(grant, new TreeSet<>(bench.servers())));
    return reaches;
  }

  private static Left left(
      String grant, String server, Access.Granted granted, ConfiguredRule rule, Instant now) {
    TrialCall call =
        new TrialCall(
            grant,
            granted.labels(),
            server,
            granted.policy().name(),
            Optional.empty(),
            TrialCall.method(Section.TOOLS),
            Tool.named("(any)"),
            arguments(rule.config().path("amount").asText("")),
            now);
    Map<String, JsonNode> details = details(rule, call);
    Optional<String> note = note(rule.config().path("scope"), details.isEmpty());
    return new Left(
        grant,
        server,
        granted.policy().name(),
        rule.name(),
        rule.shadow(),
        text(details, "limit"),
        text(details, "max"),
        note.isPresent() ? Optional.empty() : text(details, "left"),
        text(details, "resets_at"),
        note);
  }

  private static Map<String, JsonNode> details(ConfiguredRule rule, TrialCall call) {
    try {
      Explanation explanation = rule.rule().explain(call);
      return explanation.observations().isEmpty()
          ? Map.of()
          : explanation.observations().getFirst().details();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  /** A counter of its own for each session or argument: there is none to look at. */
  private static Optional<String> note(JsonNode scope, boolean unknown) {
    Set<String> scopes = new TreeSet<>();
    if (scope.isArray()) {
      scope.forEach(one -> scopes.add(one.asText()));
    } else if (scope.isTextual()) {
      scopes.add(scope.asText());
    }
    if (scopes.contains("session")) {
      return Optional.of("counted for each session");
    }
    Optional<String> argument = scopes.stream().filter(it -> it.startsWith("args.")).findFirst();
    if (argument.isPresent()) {
      return Optional.of("counted for each " + argument.get());
    }
    return unknown ? Optional.of("cannot be told now") : Optional.empty();
  }

  private static Optional<String> text(Map<String, JsonNode> details, String name) {
    return Optional.ofNullable(details.get(name))
        .map(value -> value.isNumber() ? value.decimalValue().toPlainString() : value.asText());
  }

  /** Arguments with a number where the amount is looked for. */
  private static ObjectNode arguments(String path) {
    ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    if (!path.startsWith("args.")) {
      return arguments;
    }
    String[] names = path.substring("args.".length()).split("\\.", -1);
    ObjectNode inside = arguments;
    for (int i = 0; i < names.length - 1; i++) {
      inside = inside.putObject(names[i]);
    }
    inside.set(names[names.length - 1], IntNode.valueOf(1));
    return arguments;
  }
}
