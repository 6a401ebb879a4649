package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the suite said in one set: by scenario and check, the status.
 *
 * @param scenarios all of them, also those in which nothing was checked
 */
record Checks(SortedMap<String, SortedMap<String, String>> scenarios) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ABSENT = "ABSENT";
  private static final Set<String> BAD = Set.of("FAILURE", ABSENT);

  /** Reads a set out of a record of {@code run-suites.mjs} or {@code run-clients.mjs}. */
  static Checks read(Path record, ConformanceSet set) throws IOException {
    JsonNode found = JSON.readTree(Files.readString(record)).path("sets").path(set.id());
    SortedMap<String, SortedMap<String, String>> scenarios = new TreeMap<>();
    for (Map.Entry<String, JsonNode> scenario : found.path("scenarios").properties()) {
      SortedMap<String, String> checks = new TreeMap<>();
      scenario
          .getValue()
          .properties()
          .forEach(check -> checks.put(check.getKey(), check.getValue().asText()));
      scenarios.put(scenario.getKey(), checks);
    }
    return new Checks(scenarios);
  }

  /** Those of the scenarios whose names do not begin so. */
  Checks without(String prefix) {
    SortedMap<String, SortedMap<String, String>> others = new TreeMap<>(scenarios);
    others.keySet().removeIf(scenario -> scenario.startsWith(prefix));
    return new Checks(others);
  }

  /** How many scenarios there are. */
  int count() {
    return scenarios.size();
  }

  /** In how many scenarios no check failed. */
  int passing() {
    return (int)
        scenarios.values().stream()
            .filter(checks -> checks.values().stream().noneMatch(BAD::contains))
            .count();
  }

  /** How many checks there are. */
  int checks() {
    return scenarios.values().stream().mapToInt(Map::size).sum();
  }

  /** Every check that says something else than it does of the server directly; none if equal. */
  List<String> differences(Checks direct) {
    List<String> differences = new ArrayList<>();
    for (String scenario : both(scenarios, direct.scenarios)) {
      Map<String, String> here = scenarios.getOrDefault(scenario, new TreeMap<>());
      Map<String, String> there = direct.scenarios.getOrDefault(scenario, new TreeMap<>());
      for (String check : both(here, there)) {
        String now = here.getOrDefault(check, ABSENT);
        String was = there.getOrDefault(check, ABSENT);
        if (!now.equals(was)) {
          differences.add(
              "%s %s: %s direct, %s through the gateway".formatted(scenario, check, was, now));
        }
      }
    }
    return differences;
  }

  private static Set<String> both(Map<String, ?> one, Map<String, ?> other) {
    Set<String> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    return keys;
  }
}
