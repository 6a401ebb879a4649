package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the schema says of every kind of line that the log writes. */
class RecordSchemaTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  @TempDir Path data;

  @Test
  void takesARecordWithEveryMember() throws Exception {
    write(full());

    RecordSchema.checkFolder(data);
    Set<String> members = new TreeSet<>();
    try (DecisionReader reader = DecisionReader.open(data)) {
      reader.next().orElseThrow().json().fieldNames().forEachRemaining(members::add);
    }
    assertThat(members)
        .as("every member that records can have")
        .contains("previous", "rule_id", "rule_pointer", "values", "limits", "upstream_reason")
        .contains("tool_annotations")
        .hasSize(32);
  }

  @Test
  void takesARecordThatSaysNothing() throws Exception {
    write(DecisionRecord.at(NOON).build());

    RecordSchema.checkFolder(data);
  }

  @Test
  void takesWhatClientsMakeUp() throws Exception {
    write(
        DecisionRecord.at(NOON)
            .requestId("{\"x\":1}")
            .tool("lone \ud800 " + "t".repeat(10_000))
            .method("\n\u0000")
            .arguments(
                Stream.iterate("k".repeat(200), it -> it).limit(300).toList(), "0".repeat(64))
            .values(Map.of("args.a", "\"" + "v".repeat(10_000) + "\""))
            .build());

    RecordSchema.checkFolder(data);
  }

  @Test
  void hasAllThatAServerSaysOfAToolOrNothing() throws Exception {
    Map<String, JsonNode> many = new TreeMap<>();
    for (int i = 0; i < 21; i++) {
      many.put("hint" + i, BooleanNode.TRUE);
    }
    List<Map<String, JsonNode>> said =
        List.of(
            Map.of("title", TextNode.valueOf("lone \ud800"), "order", IntNode.valueOf(7)),
            Map.of(),
            many,
            Map.of("title", TextNode.valueOf("t".repeat(101))),
            Map.of("t".repeat(101), BooleanNode.TRUE),
            Map.of("readOnlyHint", BooleanNode.TRUE, "more", JsonNodeFactory.instance.arrayNode()));
    write(
        said.stream()
            .map(each -> DecisionRecord.at(NOON).tool("t").toolAnnotations(each).build())
            .toArray(LogLine[]::new));

    RecordSchema.checkFolder(data);
    List<String> written = new ArrayList<>();
    try (DecisionReader reader = DecisionReader.open(data)) {
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        written.add(
            entry.get().json().path("tool_annotations").isObject()
                ? "all " + entry.get().json().path("tool_annotations").size()
                : "nothing");
      }
    }
    assertThat(written)
        .containsExactly("all 2", "all 0", "nothing", "nothing", "nothing", "nothing");
  }

  @Test
  void takesEveryEvent() throws Exception {
    Refusals refusals = new Refusals(() -> NOON, 1);
    refusals.count("unknown_grant", NOON);
    List<LogLine> events = new ArrayList<>(refusals.take());
    events.add(LogEvent.torn(NOON, 12, "{\"seq"));
    events.add(LogEvent.missing(NOON, new ChainHead(9, "", 4, 800, 0, 1), 12));
    events.add(LogEvent.headLost(NOON, true));
    events.add(LogEvent.headLost(NOON, false));
    write(events.toArray(LogLine[]::new));

    RecordSchema.checkFolder(data);
    assertThat(events.stream().map(event -> ((LogEvent) event).kind()).distinct())
        .containsExactlyInAnyOrder(LogEvent.Kind.values());
  }

  @Test
  void takesEveryUpstreamAndStage() throws Exception {
    List<LogLine> lines = new ArrayList<>();
    for (UpstreamOutcome.Kind kind : UpstreamOutcome.Kind.values()) {
      lines.add(DecisionRecord.at(NOON).permit().upstream(UpstreamOutcome.of(kind)).build());
    }
    for (Stage stage : Stage.values()) {
      lines.add(DecisionRecord.at(NOON).stage(stage, 1).build());
    }
    write(lines.toArray(LogLine[]::new));

    RecordSchema.checkFolder(data);
  }

  @Test
  void refusesWhatIsNoRecord() throws Exception {
    write(DecisionRecord.at(NOON).permit().build());
    String line = Files.readAllLines(data.resolve("decisions.jsonl")).getFirst();

    assertThat(RecordSchema.takes(line)).isTrue();
    assertThat(RecordSchema.takes(line.replace("permit", "maybe"))).isFalse();
    assertThat(RecordSchema.takes(line.replace("\"upstream\"", "\"upstrem\""))).isFalse();
    assertThat(RecordSchema.takes(line.replace("\"seq\":1,", ""))).isFalse();
    assertThat(RecordSchema.takes(line.replace("\"upstream\"", "\"code\":\"x\",\"upstream\"")))
        .isFalse();
  }

  private void write(LogLine... lines) throws IOException {
    DecisionEncoder encoder = new DecisionEncoder();
    ChainKey key = ChainKey.open(data, new SecureRandom());
    try (DecisionFile file =
        DecisionFile.open(data, key, () -> NOON, () -> Rotation.DEFAULT, Duration.ofSeconds(5))) {
      file.append(Stream.of(lines).map(encoder::body).toList());
    }
  }

  static DecisionRecord full() {
    return DecisionRecord.at(NOON)
        .policy("5f".repeat(32), "tickets")
        .server("tickets")
        .grant("laptop")
        .session("aa11")
        .requestId("17")
        .protocolRevision("2025-11-25")
        .method("tools/call")
        .tool("create_refund")
        .arguments(List.of("amount"), "be".repeat(32))
        .toolAnnotations(Map.of("readOnlyHint", BooleanNode.TRUE, "title", TextNode.valueOf("Pay")))
        .values(Map.of("args.amount", "120.50", "args", "{\"amount\":120.50}"))
        .deny("limit", "daily", "Too much.")
        .ruleId("daily")
        .rulePointer("/tools/create_refund/limits/0")
        .plugin("rule-limits@0.1.0")
        .trace(
            List.of(
                new DecisionRecord.RuleTrace(
                    "daily",
                    Optional.of("/tools/create_refund/limits/0"),
                    "limits",
                    "rule-limits@0.1.0",
                    "deny",
                    Optional.of("Too much."),
                    true)))
        .limits(
            List.of(
                new DecisionRecord.LimitState(
                    "daily",
                    Optional.of("5000.00 per day"),
                    Optional.of(new BigDecimal("5000.00")),
                    new BigDecimal("0.10"),
                    OptionalLong.of(1_000),
                    true)))
        .approvals(List.of("ap_1"))
        .stage(Stage.DECIDE, 120)
        .upstream(UpstreamOutcome.protocolError(-32602))
        .upstreamReason("timeout")
        .status(200)
        .build();
  }
}
