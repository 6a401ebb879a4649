package dev.tollbar.lint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Problems and findings as SARIF, for programs that show them beside the lines. Source: OASIS,
 * Static Analysis Results Interchange Format 2.1.0.
 */
final class Sarif {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private Sarif() {}

  static ObjectNode of(List<Checked> checked, String version, boolean strict) {
    ObjectNode log = NODES.objectNode().put("$schema", SCHEMA).put("version", "2.1.0");
    ObjectNode run = log.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver");
    driver.put("name", "tollbar").put("version", version);
    ArrayNode rules = driver.putArray("rules");
    rule(rules, Checked.PROBLEM, "The document cannot be used.", "Correct it.", "error");
    String level = strict ? "error" : "warning";
    List<FindingKind> kinds = List.of(FindingKind.values());
    for (FindingKind kind : kinds) {
      rule(rules, kind.code(), kind.cause(), kind.cure(), level);
    }
    run.put("columnKind", "utf16CodeUnits");
    ArrayNode results = run.putArray("results");
    for (Checked file : checked) {
      file.problems()
          .forEach(problem -> result(results, file, problem, Checked.PROBLEM, 0, "error"));
      file.findings()
          .forEach(finding ->
              result(
                  results,
                  file,
                  finding.place(),
                  finding.kind().code(),
                  kinds.indexOf(finding.kind()) + 1,
                  level));
    }
    return log;
  }

  private static void rule(ArrayNode rules, String code, String cause, String cure, String level) {
    ObjectNode rule = rules.addObject().put("id", code);
    rule.putObject("shortDescription").put("text", cause);
    rule.putObject("help").put("text", cure);
    rule.putObject("defaultConfiguration").put("level", level);
  }

  private static void result(
      ArrayNode results, Checked file, Problem problem, String code, int index, String level) {
    ObjectNode result = results.addObject().put("ruleId", code).put("ruleIndex", index);
    result.put("level", level);
    result.putObject("message").put("text", problem.message());
    ObjectNode location = result.putArray("locations").addObject();
    ObjectNode physical = location.putObject("physicalLocation");
    physical.putObject("artifactLocation").put("uri", uri(file.path(problem)));
    if (problem.line() > 0) {
      physical
          .putObject("region")
          .put("startLine", problem.line())
          .put("startColumn", Math.max(1, problem.column()));
    }
    if (!problem.pointer().isEmpty()) {
      location
          .putArray("logicalLocations")
          .addObject()
          .put("fullyQualifiedName", problem.pointer());
    }
  }

  /** Relative paths stay so: who shows them knows the folder. */
  private static String uri(Path path) {
    if (path.isAbsolute()) {
      return path.toUri().toString();
    }
    String base = Path.of("").toAbsolutePath().toUri().toString();
    return path.normalize()
        .toAbsolutePath()
        .toUri()
        .toString()
        .replaceFirst("^" + Pattern.quote(base), "");
  }
}
