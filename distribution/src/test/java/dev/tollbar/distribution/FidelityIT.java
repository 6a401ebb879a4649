package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.distribution.WireReply.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The suites' fixture with and without the gateway, under rules on everything: the bytes of its
 * answers, and streams that were lost.
 */
@ExtendWith(Fixtures.class)
class FidelityIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What asks, waits, closes its connection, or answers with an id that is new each time. */
  private static final Set<String> NEVER_THE_SAME =
      Set.of(
          "test_sampling",
          "test_elicitation",
          "test_elicitation_sep1034_defaults",
          "test_elicitation_sep1330_enums",
          "test_reconnection",
          "test_cancellation",
          "test_missing_capability",
          "test_streaming_elicitation",
          "test_tool_with_task",
          "slow_compute",
          "failing_job",
          "protocol_error_job",
          "confirm_delete",
          "multi_input");

  private static LoopbackServer fixture;
  private static RunningGateway gateway;

  @BeforeAll
  static void begin(Archive archive, NpmPackages npm, @TempDir Path work) throws Exception {
    Node node = Node.find(npm);
    fixture = ConformanceServers.fixture(node, npm);
    gateway = ConformanceServers.gateway(archive, node, npm, fixture, "ruled", work);
  }

  @AfterAll
  static void end() {
    if (gateway != null) {
      gateway.close();
    }
    if (fixture != null) {
      fixture.close();
    }
  }

  private static boolean isAlwaysTheSame(String tool) {
    return !NEVER_THE_SAME.contains(tool) && !tool.startsWith("test_input_required");
  }

  private static List<String> tools() throws Exception {
    try (WireClient wire = new WireClient(fixture.url(), PATIENCE)) {
      JsonNode list =
          LegacyClient.begin(wire)
              .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}")
              .response();
      return list.at("/result/tools")
          .valueStream()
          .map(tool -> tool.path("name").asText())
          .filter(FidelityIT::isAlwaysTheSame)
          .toList();
    }
  }

  private static ObjectNode params(String tool) {
    ObjectNode params = ModernClient.tool(tool);
    if (tool.equals("test_x_mcp_header")) {
      params.withObject("arguments").put("region", "eu");
    }
    if (tool.equals("json_schema_2020_12_tool")) {
      params.withObject("arguments").put("email", "ann@example.org");
    }
    return params;
  }

  /** The text of the response, as it came. */
  private static String response(WireReply reply) throws Exception {
    for (Optional<Event> event = reply.next(); event.isPresent(); event = reply.next()) {
      if (event.get().isMessage() && !event.get().message().has("method")) {
        return event.get().data();
      }
    }
    throw new AssertionError("no response");
  }

  private static String legacy(WireClient wire, String tool) throws Exception {
    ObjectNode message = Wire.JSON.createObjectNode().put("jsonrpc", "2.0").put("id", "a");
    message.put("method", "tools/call").set("params", params(tool));
    return response(LegacyClient.begin(wire).post(message.toString()));
  }

  private static String modern(WireClient wire, String tool) throws Exception {
    Map<String, String> mirrored =
        tool.equals("test_x_mcp_header") ? Map.of("Mcp-Param-Region", "eu") : Map.of();
    return response(new ModernClient(wire, Map.of()).send(7, "tools/call", params(tool), mirrored));
  }

  @FunctionalInterface
  private interface Asking {
    String ask(WireClient wire, String tool) throws Exception;
  }

  private static void compare(String transport, String tool, Asking asking) throws Exception {
    try (WireClient direct = new WireClient(fixture.url(), PATIENCE);
        WireClient through = new WireClient(gateway.url(transport), PATIENCE)) {
      assertThat(asking.ask(through, tool)).isEqualTo(asking.ask(direct, tool));
    }
  }

  @TestFactory
  Stream<DynamicTest> section61EachAnswerIsTheServersOwnByteForByte() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (String tool : tools()) {
      for (String transport : ConformanceServers.TRANSPORTS) {
        tests.add(
            DynamicTest.dynamicTest(
                transport + ", legacy, " + tool,
                () -> compare(transport, tool, FidelityIT::legacy)));
        tests.add(
            DynamicTest.dynamicTest(
                transport + ", modern, " + tool,
                () -> compare(transport, tool, FidelityIT::modern)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(50);
    return tests.stream();
  }

  private static WireReply progressing(LegacyClient client) throws Exception {
    ObjectNode params = ModernClient.tool("test_tool_with_progress");
    params.putObject("_meta").put("progressToken", "p");
    return client.post(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":" + params + "}");
  }

  /** What a stream brings until the response, by the progress that it tells of. */
  private static List<String> rest(WireReply stream) throws Exception {
    List<String> rest = new ArrayList<>();
    JsonNode message = stream.message();
    while (message.has("method")) {
      rest.add(message.at("/params/progress").asText());
      message = stream.message();
    }
    rest.add(message.at("/result/content/0/text").asText());
    return rest;
  }

  /** What is still to come when the stream broke after so many of its events. */
  private static List<String> resumedAfter(int events) throws Exception {
    try (WireClient wire = new WireClient(gateway.url("http"), PATIENCE)) {
      LegacyClient client = LegacyClient.begin(wire);
      String last = "";
      try (WireReply call = progressing(client)) {
        for (int i = 0; i < events; i++) {
          last = call.next().orElseThrow().id();
        }
      }
      assertThat(last).isNotEmpty();
      try (WireReply resumed = client.get(Map.of("Last-Event-ID", last))) {
        assertThat(resumed.status()).isEqualTo(200);
        return rest(resumed);
      }
    }
  }

  @Test
  void section66AStreamThatIsLostAfterItsFirstEventGoesOn() throws Exception {
    assertThat(resumedAfter(1)).containsExactly("0", "50", "100", "Tool with progress executed");
  }

  @Test
  void section66AStreamThatIsLostInTheMiddleGoesOnWhereItWas() throws Exception {
    assertThat(resumedAfter(3)).containsExactly("100", "Tool with progress executed");
  }

  @Test
  void section66AStreamThatIsLostAfterTheResponseBringsNothingTwice() throws Exception {
    try (WireClient wire = new WireClient(gateway.url("http"), PATIENCE)) {
      LegacyClient client = LegacyClient.begin(wire);
      String last = "";
      try (WireReply call = progressing(client)) {
        for (Optional<Event> event = call.next(); event.isPresent(); event = call.next()) {
          last = event.get().id();
        }
      }
      hearsOnlyOfWhatIsNew(client, last);
    }
  }

  @Test
  void section66AnUnknownEventBringsNothingOfAnyStream() throws Exception {
    try (WireClient wire = new WireClient(gateway.url("http"), PATIENCE)) {
      LegacyClient client = LegacyClient.begin(wire);
      assertThat(rest(progressing(client))).hasSize(4);
      hearsOnlyOfWhatIsNew(client, "of-nobody/1");
    }
  }

  private static void hearsOnlyOfWhatIsNew(LegacyClient client, String last) throws Exception {
    try (WireReply resumed = client.get(Map.of("Last-Event-ID", last))) {
      assertThat(resumed.status()).isEqualTo(200);
      for (Optional<Event> event = resumed.next(); event.isPresent(); event = resumed.next()) {
        assertThat(event.get().isMessage()).as(event.toString()).isFalse();
      }
    }
    try (WireReply stream = client.get(Map.of())) {
      client.call(2, "test_trigger_tool_change").response();
      assertThat(stream.message().path("method").asText())
          .isEqualTo("notifications/tools/list_changed");
    }
  }

  @Test
  void section66ACallWhoseStreamIsLostAtOnceLeavesTheSessionUsable() throws Exception {
    try (WireClient wire = new WireClient(gateway.url("http"), PATIENCE)) {
      LegacyClient client = LegacyClient.begin(wire);
      progressing(client).close();
      assertThat(client.call(2, "test_structured").response().has("result")).isTrue();
    }
  }
}
