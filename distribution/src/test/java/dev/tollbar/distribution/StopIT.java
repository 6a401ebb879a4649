package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The end of a gateway, asked for and sudden. */
@ExtendWith(Fixtures.class)
class StopIT {
  @TempDir private Path work;
  private List<String> arguments = List.of();

  @BeforeEach
  void write(NpmPackages npm) throws IOException {
    Path policy = work.resolve("policy.yaml");
    Files.writeString(
        policy,
        """
        version: "2"
        policies:
          p:
            default: allow
            tools:
              echo: { approval: { within: 1h, hold: 0s } }
        """);
    arguments = new ArrayList<>(List.of("--policy", policy.toString(), "--"));
    arguments.addAll(npm.everything());
  }

  private RunningGateway serve(Archive archive) throws IOException, InterruptedException {
    return RunningGateway.serve(archive, work, arguments);
  }

  private static List<ProcessHandle> servers(RunningGateway gateway) {
    List<ProcessHandle> servers = gateway.process().descendants().toList();
    assertThat(servers).isNotEmpty();
    return servers;
  }

  private static void assertGone(List<ProcessHandle> processes) throws Exception {
    assertThat(
            Eventually.get(
                () -> processes.stream().filter(ProcessHandle::isAlive).toList(), List::isEmpty))
        .isEmpty();
  }

  @Test
  void answersTheCallInFlightAndEndsItsServersWithinTenSeconds(Archive archive) throws Exception {
    try (RunningGateway gateway = serve(archive);
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      FutureTask<CallToolResult> inFlight =
          new FutureTask<>(() ->
              client
                  .mcp()
                  .callTool(
                      CallToolRequest.builder("trigger-long-running-operation")
                          .arguments(Map.of("duration", 3, "steps", 6))
                          .progressToken("slow")
                          .build()));
      Thread.ofVirtual().start(inFlight);
      assertThat(client.progress().poll(30, TimeUnit.SECONDS)).isNotNull();
      List<ProcessHandle> servers = servers(gateway);

      gateway.terminate();

      assertThat(gateway.endedWithin(Duration.ofSeconds(10))).isTrue();
      assertThat(JavaClient.text(inFlight.get())).startsWith("Long running operation completed.");
      assertThat(servers).noneMatch(ProcessHandle::isAlive);
      assertThat(gateway.decisions())
          .filteredOn(record -> record.path("tool").asText().startsWith("trigger-long"))
          .extracting(record -> record.path("upstream").asText())
          .containsExactly("answered");
    }
  }

  @Test
  void leavesNoServersBehindWhenKilled(Archive archive) throws Exception {
    try (RunningGateway gateway = serve(archive);
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      client.call("get-sum", Map.of("a", 1, "b", 2));
      List<ProcessHandle> servers = servers(gateway);

      gateway.kill();

      assertGone(servers);
    }
  }

  @Test
  void keepsApprovalsGrantsAndRecordsWhenKilled(Archive archive) throws Exception {
    String data = work.resolve("data").toString();
    Map<String, Object> hello = Map.of("message", "hello");
    List<JsonNode> before;
    try (RunningGateway gateway = serve(archive);
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      for (int i = 0; i < 5; i++) {
        client.call("get-sum", Map.of("a", i, "b", 1));
      }
      assertThat(JavaClient.text(client.call("echo", hello)))
          .startsWith("[POLICY DENIED] Approval pending: ap_");
      // A record is written when its call is over: a moment after the answer.
      before =
          Eventually.get(
              gateway::decisions,
              records ->
                  records.stream().anyMatch(record -> record.path("tool").asText().equals("echo")));

      gateway.kill();

      assertThat(gateway.decisions()).isEqualTo(before);
    }
    assertThat(before)
        .filteredOn(record -> record.path("method").asText().equals("tools/call"))
        .extracting(record -> record.path("tool").asText() + " " + record.path("decision").asText())
        .containsExactly(
            "get-sum permit",
            "get-sum permit",
            "get-sum permit",
            "get-sum permit",
            "get-sum permit",
            "echo deny");

    String line = archive.run("approvals", "list", "--data", data).out();
    String id = line.substring(0, line.indexOf(' '));
    assertThat(line).startsWith("ap_").contains("pending").contains("echo");
    assertThat(archive.run("approvals", "approve", id, "--data", data).exitCode()).isZero();
    String token = archive.run("grant", "new", "laptop", "--data", data).out().strip();

    try (RunningGateway gateway = serve(archive)) {
      try (Wire wire = new Wire(gateway.url())) {
        assertThat(wire.post(Wire.INITIALIZE, Map.of()).statusCode()).isEqualTo(401);
        assertThat(
                wire.post(Wire.INITIALIZE, Map.of("Authorization", "Bearer " + token)).statusCode())
            .isEqualTo(200);
      }
      gateway.kill();
    }
    assertThat(archive.run("grant", "list", "--data", data).out())
        .isEqualTo("laptop  valid  default=default\n");
    assertThat(archive.run("grant", "revoke", "laptop", "--data", data).exitCode()).isZero();
    assertThat(archive.run("approvals", "list", "--all", "--data", data).out())
        .startsWith(id + "  approved");
  }
}
