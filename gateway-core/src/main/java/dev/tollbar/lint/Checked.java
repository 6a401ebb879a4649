package dev.tollbar.lint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What came of checking one document.
 *
 * @param file as the user named it
 * @param problems why it cannot be used
 * @param findings what its author hardly means; only of a document without problems
 */
public record Checked(Path file, List<Problem> problems, List<Finding> findings) {
  /** The code of problems, beside those of findings. */
  static final String PROBLEM = "problem";

  public Checked {
    problems = List.copyOf(problems);
    findings = List.copyOf(findings);
  }

  /** For people. */
  public String text() {
    if (!problems.isEmpty()) {
      return Problem.text(problems) + "\n";
    }
    StringBuilder text = new StringBuilder(file + ": no problems\n");
    for (Finding finding : findings) {
      String other = finding.place().file();
      text.append("  finding: ")
          .append(other.equals(file.toString()) ? "" : other + " ")
          .append(finding)
          .append('\n');
    }
    return text.toString();
  }

  /** For scripts. */
  public static ObjectNode json(List<Checked> checked) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode files = json.putArray("files");
    for (Checked each : checked) {
      ObjectNode file = files.addObject().put("file", each.file.toString());
      ArrayNode problems = file.putArray("problems");
      each.problems.forEach(problem -> each.place(problems, problem, PROBLEM));
      ArrayNode findings = file.putArray("findings");
      each.findings.forEach(finding ->
          each.place(findings, finding.place(), finding.kind().code())
              .put("cause", finding.kind().cause())
              .put("cure", finding.kind().cure()));
    }
    return json;
  }

  /**
   * For code hosts and editors.
   *
   * @param version the program's own
   * @param strict whether findings are faults
   */
  public static ObjectNode sarif(List<Checked> checked, String version, boolean strict) {
    return Sarif.of(checked, version, strict);
  }

  private ObjectNode place(ArrayNode places, Problem problem, String code) {
    ObjectNode place = places.addObject().put("file", path(problem).toString());
    if (problem.line() > 0) {
      place.put("line", problem.line()).put("column", problem.column());
    }
    return place
        .put("pointer", problem.pointer())
        .put("code", code)
        .put("message", problem.message());
  }

  /** Where a problem's file lies: the document names others relative to itself. */
  Path path(Problem problem) {
    if (problem.file().equals(file.toString())) {
      return file;
    }
    return Optional.ofNullable(file.getParent())
        .map(folder -> folder.resolve(problem.file()))
        .orElseGet(() -> Path.of(problem.file()));
  }
}
