package dev.tollbar.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.document.Outline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinterTest {
  @TempDir Path folder = Path.of("");

  private List<String> findings(String tools) throws IOException {
    String text = "version: \"1\"\ndefault: deny\ntools:\n" + tools;
    Path file = Files.writeString(folder.resolve("policy.yaml"), text);
    return Linter.review(Outline.of(file).orElseThrow()).stream().map(Finding::toString).toList();
  }

  @Test
  void findsADenyIfThatIsBypassedByLeavingTheArgumentOut() throws IOException {
    assertThat(findings("  pay: {deny_if: [{conditions: [{path: args.n, op: gt, value: 100}]}]}\n"))
        .containsExactly(
            "4:33 /tools/pay/deny_if/0/conditions/0: a call that leaves out args.n is not denied"
                + " by this rule; add a \"require\" that it exists [deny-if-bypass]");
  }

  @Test
  void aRequiredArgumentCannotBeLeftOut() throws IOException {
    assertThat(
            findings(
                """
                  pay:
                    require: [{conditions: [{path: args.n, op: exists, value: true}]}]
                    deny_if: [{conditions: [{path: args.n, op: gt, value: 100}]}]
                """))
        .isEmpty();
  }

  @Test
  void aShadowRequireGuardsNothing() throws IOException {
    assertThat(
            findings(
                """
                  pay:
                    require: [{mode: shadow, conditions: [{path: args.n, op: exists, value: true}]}]
                    deny_if: [{conditions: [{path: args.n, op: gt, value: 100}]}]
                """))
        .hasSize(1);
  }

  @Test
  void findsAPatternThatMayMatchAPart() throws IOException {
    assertThat(findings("  t: {require: [{conditions: [{path: args.q, op: regex, value: ab}]}]}\n"))
        .containsExactly(
            "4:31 /tools/t/require/0/conditions/0: the pattern \"ab\" may match a part of the"
                + " text; write \"^(?:…)$\" to match all of it [unanchored-regex]");
  }

  @Test
  void tellsWhichPatternsAreAnchored() {
    assertThat(List.of("^ab$", "(?i)^ab$", "\\Aab\\z", "^(a|b)$")).allMatch(Conditions::anchored);
    assertThat(List.of("ab", "^ab", "ab$", "^a|b$", "^(a)|(b)$", "^ab\\$"))
        .noneMatch(Conditions::anchored);
  }

  @Test
  void findsAStarUnderDefaultDeny() throws IOException {
    assertThat(findings("  \"*\": {}\n"))
        .containsExactly(
            "4:8 /tools/*: \"*\" lists every tool, so that \"default\": \"deny\" refuses none;"
                + " name the tools that are meant [star-under-default-deny]");
  }

  @Test
  void findsALimitThatAReconnectRefills() throws IOException {
    assertThat(findings("  t: {limits: [{max: 1, window: day, scope: [server, session]}]}\n"))
        .containsExactly(
            "4:45 /tools/t/limits/0/scope: a client that connects again begins with a fresh"
                + " limit; use the scope \"grant\" [session-scope]");
  }

  @Test
  void findsNothingInAGoodDocument() throws IOException {
    assertThat(findings("  t: {limits: [{max: 1, window: day, scope: grant}]}\n")).isEmpty();
  }
}
