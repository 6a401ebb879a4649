package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The official TypeScript client. Runs {@code client.mjs}, which takes a target and steps and
 * prints one JSON line a step.
 */
final class NodeClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final NpmPackages npm;

  NodeClient(NpmPackages npm) {
    this.npm = npm;
  }

  /**
   * One step: {@code {"list": true}} or {@code {"call": name, "arguments": {…}, "times": n,
   * "progress": true}}.
   */
  record Step(Map<String, Object> members) {

    static Step list() {
      return new Step(Map.of("list", true));
    }

    static Step call(String tool, Map<String, Object> arguments) {
      return new Step(Map.of("call", tool, "arguments", arguments));
    }

    Step times(int times) {
      Map<String, Object> more = new HashMap<>(members);
      more.put("times", times);
      return new Step(more);
    }
  }

  /** Connects over streamable HTTP; a blank token sends no {@code Authorization}. */
  List<JsonNode> overHttp(String url, String token, List<Step> steps)
      throws IOException, InterruptedException {
    return run(Map.of("url", url, "token", token), steps);
  }

  /** Starts the command as a stdio server. */
  List<JsonNode> overStdio(List<String> command, List<Step> steps)
      throws IOException, InterruptedException {
    return run(Map.of("command", command), steps);
  }

  private List<JsonNode> run(Map<String, Object> target, List<Step> steps)
      throws IOException, InterruptedException {
    List<Map<String, Object>> plain = steps.stream().map(Step::members).toList();
    Finished node =
        Finished.run(
            new ProcessBuilder(
                    "node",
                    "client.mjs",
                    JSON.writeValueAsString(target),
                    JSON.writeValueAsString(plain))
                .directory(npm.folder().toFile()));
    if (node.exitCode() != 0) {
      throw new IOException("The client failed:\n" + node.out() + node.err());
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : node.out().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
