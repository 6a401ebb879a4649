package dev.tollbar.examples.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The person at the command line: {@code tollbar approvals …}. */
final class Operator {
  private final Installation tollbar;
  private final Path data;

  Operator(Installation tollbar, Path data) {
    this.tollbar = tollbar;
    this.data = data;
  }

  /** The id of the newest approval that waits, if there is one. */
  Optional<String> waiting() throws IOException, InterruptedException, TourException {
    return approvals("list").lines().map(line -> line.split("\\s+", 2)[0]).findFirst();
  }

  /** The rule that asks. */
  String rule(String id) throws IOException, InterruptedException, TourException {
    return approvals("show", id)
        .lines()
        .filter(line -> line.startsWith("rule:"))
        .map(line -> line.substring("rule:".length()).strip())
        .findFirst()
        .orElseThrow(() -> new TourException("tollbar approvals show names no rule."));
  }

  /** Approves it; returns the command that does. */
  String approve(String id) throws IOException, InterruptedException, TourException {
    approvals("approve", id);
    return "tollbar approvals approve " + id + " --data " + data;
  }

  private String approvals(String... words)
      throws IOException, InterruptedException, TourException {
    List<String> arguments = new ArrayList<>(List.of("approvals"));
    arguments.addAll(List.of(words));
    arguments.addAll(List.of("--data", data.toString()));
    Process process = tollbar.tollbar(arguments).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new TourException("tollbar " + String.join(" ", arguments) + " failed:\n" + said);
    }
    return said;
  }
}
