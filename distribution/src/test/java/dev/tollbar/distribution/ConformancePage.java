package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code docs/conformance.md}: what the suites found. Only of what was found: an equal result gives
 * an equal page.
 */
record ConformancePage(Map<ConformanceRun, Checks> results, ExpectedDifferences expected) {
  private static final String HEAD =
      """
      # Conformance

      The build runs the official MCP conformance suites (npm `@modelcontextprotocol/conformance`) against the started
      archive and compares every check with what the suites say of the same server without a gateway. A check that differs
      breaks the build, unless it stands under *Differences*; so does one that stands there and no longer differs. Each
      `./mvnw verify` runs each transport under one of the policies; with `-Dtollbar.conformance=all` it runs every cell of
      this table, and writes this page.

      The server is behind the gateway over streamable HTTP and over stdio, under a policy that allows everything and under
      one with limits and argument rules on every tool, prompt and resource. In the sets of clients the suite plays the
      server, and the official TypeScript client reaches it through the gateway; scenarios of OAuth are left out. Under
      *legacy* and *modern* the server speaks the revisions of that era only and the suite one of the other era: the gateway
      is a bridge between them. Legacy servers have no tasks extension, so its scenarios are left out there.

      ## Scenarios that pass

      """;

  void write(Path page) throws IOException {
    Files.writeString(page, text());
  }

  private String text() {
    StringBuilder text = new StringBuilder(HEAD);
    List<String> columns = columns();
    text.append("| set | ").append(String.join(" | ", columns)).append(" |\n");
    text.append("| --- |").append(" --- |".repeat(columns.size())).append("\n");
    for (ConformanceSet set : ConformanceSet.values()) {
      text.append("| ").append(set.title());
      for (String column : columns) {
        text.append(" | ").append(cell(set, column));
      }
      text.append(" |\n");
    }
    text.append("\n## Differences\n\n");
    expected.entries().forEach(entry -> text.append(item(entry)));
    unexpected().forEach(line -> text.append(line).append("\n"));
    return text.toString();
  }

  private static List<String> columns() {
    List<String> columns = new ArrayList<>(List.of(ConformanceRun.DIRECT));
    for (String transport : ConformanceServers.TRANSPORTS) {
      for (String policy : ConformanceServers.POLICIES) {
        columns.add(transport + ", " + policy);
      }
    }
    ConformanceServers.BRIDGES.forEach(bridge -> columns.add(bridge + ", allow-all"));
    return columns;
  }

  private static String column(ConformanceRun run) {
    return run.isDirect() ? ConformanceRun.DIRECT : run.over() + ", " + run.policy();
  }

  private String cell(ConformanceSet set, String column) {
    for (Map.Entry<ConformanceRun, Checks> result : results.entrySet()) {
      ConformanceRun run = result.getKey();
      if (run.set() == set && column(run).equals(column)) {
        Checks checks = result.getValue();
        return "%d of %d (%d checks)".formatted(checks.passing(), checks.count(), checks.checks());
      }
    }
    return "–";
  }

  private static String item(ExpectedDifferences.Entry entry) {
    StringBuilder text = new StringBuilder();
    text.append("- %s, %s: %s\n".formatted(entry.set(), entry.over(), entry.because().strip()));
    for (String difference : entry.differences()) {
      text.append("  - ").append(difference).append("\n");
    }
    return text.toString();
  }

  private List<String> unexpected() {
    List<String> lines = new ArrayList<>();
    results.forEach((run, checks) -> {
      List<String> known =
          expected.of(run.over(), run.set()).stream()
              .flatMap(entry -> entry.differences().stream())
              .toList();
      Checks direct = results.get(new ConformanceRun(run.set(), ConformanceRun.DIRECT, ""));
      if (direct != null) {
        checks.differences(run.counted(direct)).stream()
            .filter(difference -> !known.contains(difference))
            .forEach(difference -> lines.add("- **not expected**, " + run + ": " + difference));
      }
    });
    return lines;
  }
}
