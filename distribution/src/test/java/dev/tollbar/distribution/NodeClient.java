package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The official TypeScript client. Runs {@code client.mjs}, which takes a target and steps and
 * prints one JSON line for the handshake and one a step.
 */
final class NodeClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final NpmPackages npm;
  private final String version;
  private final Optional<String> revision;

  /** Version 1. */
  NodeClient(NpmPackages npm) {
    this(npm, "1", Optional.empty());
  }

  private NodeClient(NpmPackages npm, String version, Optional<String> revision) {
    this.npm = npm;
    this.version = version;
    this.revision = revision;
  }

  /** The same with another major version of the client, {@code "1"} or {@code "2"}. */
  NodeClient version(String major) {
    return new NodeClient(npm, major, revision);
  }

  /** Version 2, speaking the revision without a handshake only. */
  NodeClient modern() {
    return new NodeClient(npm, "2", Optional.of("2026-07-28"));
  }

  /** One step, as {@code client.mjs} reads it. */
  record Step(Map<String, Object> members) {

    /** Lists {@code tools}, {@code prompts}, {@code resources} or {@code templates}. */
    static Step list(String what) {
      return new Step(Map.of("list", what));
    }

    /** Any other: {@code watch}, {@code cancel}, {@code read}, {@code prompt} and so on. */
    static Step of(String step, Object value) {
      return new Step(Map.of(step, value));
    }

    static Step of(String step, Object value, Map<String, Object> arguments) {
      return new Step(Map.of(step, value, "arguments", arguments));
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

  /** Connects over HTTP+SSE, as clients of 2024-11-05 do. */
  List<JsonNode> overSse(String url, String token, List<Step> steps)
      throws IOException, InterruptedException {
    return run(Map.of("sse", url, "token", token), steps);
  }

  /** Starts the command as a stdio server. */
  List<JsonNode> overStdio(List<String> command, List<Step> steps)
      throws IOException, InterruptedException {
    return run(Map.of("command", command), steps);
  }

  /** Connects over streamable HTTP, and then takes its steps one by one. */
  LiveNodeClient live(String url) throws IOException {
    ProcessBuilder program =
        new ProcessBuilder(
                "node", "client.mjs", JSON.writeValueAsString(Map.of("url", url, "token", "")), "-")
            .directory(npm.folder().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    program.environment().put("CLIENT", version);
    revision.ifPresent(pin -> program.environment().put("PIN", pin));
    return LiveNodeClient.start(program);
  }

  private List<JsonNode> run(Map<String, Object> target, List<Step> steps)
      throws IOException, InterruptedException {
    List<Map<String, Object>> plain = steps.stream().map(Step::members).toList();
    ProcessBuilder program =
        new ProcessBuilder(
                "node",
                "client.mjs",
                JSON.writeValueAsString(target),
                JSON.writeValueAsString(plain))
            .directory(npm.folder().toFile());
    program.environment().put("CLIENT", version);
    revision.ifPresent(pin -> program.environment().put("PIN", pin));
    Finished node = Finished.run(program);
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
