package dev.tollbar.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tollbar.document.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CheckedTest {
  private static final Checked GOOD = new Checked(Path.of("good.yaml"), List.of(), List.of());
  private static final Checked FOUND =
      new Checked(
          Path.of("conf", "gateway.yaml"),
          List.of(),
          List.of(
              new Finding(
                  FindingKind.SESSION_SCOPE,
                  new Problem(
                      "conf/gateway.yaml", 4, 7, "/policies/p/tools/t", "counts by session")),
              new Finding(
                  FindingKind.DENY_IF_BYPASS,
                  new Problem("rules of mine.yaml", 2, 3, "/tools/t", "is bypassed"))));
  private static final Checked BAD =
      new Checked(
          Path.of("bad.yaml"),
          List.of(
              new Problem("bad.yaml", 3, 1, "/grants", "expected an object; found null"),
              new Problem("bad.yaml", 0, 0, "", "expected a file that exists")),
          List.of());

  private static Schema sarifSchema() throws IOException {
    try (InputStream schema =
        Objects.requireNonNull(
            CheckedTest.class.getResourceAsStream("/schema/sarif-schema-2.1.0.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
          .getSchema(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void saysForPeopleWhatWasFoundAndInWhichFile() {
    assertThat(GOOD.text()).isEqualTo("good.yaml: no problems\n");
    assertThat(FOUND.text())
        .isEqualTo(
            """
            conf/gateway.yaml: no problems
              finding: 4:7 /policies/p/tools/t: counts by session [session-scope]
              finding: rules of mine.yaml 2:3 /tools/t: is bypassed [deny-if-bypass]
            """);
    assertThat(BAD.text())
        .isEqualTo(
            """
            bad.yaml: 2 problems
              1. 3:1 /grants: expected an object; found null
              2. expected a file that exists
            """);
  }

  @Test
  void saysForScriptsWhereEachOneStands() {
    JsonNode json = Checked.json(List.of(FOUND, BAD));

    assertThat(json.at("/files/0/findings/1").toString())
        .isEqualTo(
            "{\"file\":\"conf/rules of mine.yaml\",\"line\":2,\"column\":3,\"pointer\":\"/tools/t\","
                + "\"code\":\"deny-if-bypass\",\"message\":\"is bypassed\","
                + "\"cause\":\"A deny_if compares an argument that a call may leave out. A"
                + " comparison with nothing does not hold, so that such a call passes.\","
                + "\"cure\":\"Add a require that the argument exists.\"}");
    assertThat(json.at("/files/0/problems")).isEmpty();
    assertThat(json.at("/files/1/problems/1").toString())
        .isEqualTo(
            "{\"file\":\"bad.yaml\",\"pointer\":\"\",\"code\":\"problem\","
                + "\"message\":\"expected a file that exists\"}");
  }

  @Test
  void isValidSarif() throws IOException {
    for (boolean strict : List.of(true, false)) {
      String sarif = Checked.sarif(List.of(GOOD, FOUND, BAD), "0.1.0", strict).toString();
      assertThat(sarifSchema().validate(sarif, InputFormat.JSON)).isEmpty();
    }
  }

  @Test
  void theSchemaOfSarifRefusesWhatIsNone() throws IOException {
    String broken =
        Checked.sarif(List.of(FOUND), "0.1.0", false)
            .toString()
            .replace("\"startLine\":4", "\"startLine\":0");
    assertThat(sarifSchema().validate(broken, InputFormat.JSON)).isNotEmpty();
  }

  @Test
  void sarifPointsAtTheLineAndTheRule() {
    JsonNode run = Checked.sarif(List.of(FOUND, BAD), "0.1.0", false).at("/runs/0");
    JsonNode second = run.at("/results/1");

    assertThat(second.path("level").asText()).isEqualTo("warning");
    assertThat(run.at("/tool/driver/rules").path(second.path("ruleIndex").asInt()).path("id"))
        .isEqualTo(second.path("ruleId"));
    assertThat(second.at("/locations/0").toString())
        .isEqualTo(
            "{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"conf/rules%20of%20mine.yaml\"},"
                + "\"region\":{\"startLine\":2,\"startColumn\":3}},"
                + "\"logicalLocations\":[{\"fullyQualifiedName\":\"/tools/t\"}]}");
    assertThat(run.at("/results/2/level").asText()).isEqualTo("error");
  }

  @Test
  void findingsAreErrorsWhereThatIsAskedFor() {
    assertThat(
            Checked.sarif(List.of(FOUND), "0.1.0", true)
                .at("/runs/0/results")
                .findValuesAsText("level"))
        .containsExactly("error", "error");
  }

  @Test
  void codesAreUniqueAndForScripts() {
    assertThat(List.of(FindingKind.values()))
        .extracting(FindingKind::code)
        .doesNotHaveDuplicates()
        .doesNotContain(Checked.PROBLEM)
        .allMatch(code -> code.matches("[a-z]+(-[a-z]+)*"));
  }
}
