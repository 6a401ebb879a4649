package dev.tollbar.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A call as a test makes it up. Immutable but for what rules note on it; safe for use by many
 * threads. Each {@code with…} gives a changed copy.
 */
public final class TestCall implements Call {

  /** When calls arrive if the test does not say it: a Monday morning. */
  public static final Instant TIME = Instant.parse("2026-11-23T10:00:00Z");

  /** Numbers as the gateway reads them: exact. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private String grant = "local";
  private Map<String, String> labels = Map.of();
  private String server = "server";
  private Optional<String> session = Optional.empty();
  private Tool tool;
  private ObjectNode arguments;
  private Instant time = TIME;
  private boolean continued;
  private List<Limit> limits = List.of();

  private TestCall(Tool tool, ObjectNode arguments) {
    this.tool = tool;
    this.arguments = arguments;
  }

  /**
   * A call of a tool of which only the name is known, by the grant {@code local}.
   *
   * @param arguments a JSON object
   * @throws IllegalArgumentException if it is none
   */
  public static TestCall of(String tool, String arguments) {
    return new TestCall(Tool.named(tool), object(arguments));
  }

  private static ObjectNode object(String json) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException("expected a JSON object; found " + json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected a JSON object; found " + json, e);
    }
  }

  private TestCall copy() {
    TestCall copy = new TestCall(tool, arguments);
    copy.grant = grant;
    copy.labels = labels;
    copy.server = server;
    copy.session = session;
    copy.time = time;
    copy.continued = continued;
    copy.limits = limits;
    return copy;
  }

  /** The same of another grant, which has these labels. */
  public TestCall withGrant(String name, Map<String, String> grantLabels) {
    TestCall copy = copy();
    copy.grant = name;
    copy.labels = Map.copyOf(grantLabels);
    return copy;
  }

  /** The same at another server. */
  public TestCall withServer(String name) {
    TestCall copy = copy();
    copy.server = name;
    return copy;
  }

  /** The same in a protocol session. */
  public TestCall withSession(String name) {
    TestCall copy = copy();
    copy.session = Optional.of(name);
    return copy;
  }

  /** The same of a tool that the server has described. */
  public TestCall withTool(String category, Map<String, JsonNode> annotations) {
    TestCall copy = copy();
    copy.tool = new Tool(tool.name(), Optional.of(category), annotations, true);
    return copy;
  }

  /** The same with other arguments: a JSON object. */
  public TestCall withArguments(String json) {
    TestCall copy = copy();
    copy.arguments = object(json);
    return copy;
  }

  /** The same at another time. The clock of the rule's context is another matter. */
  public TestCall at(Instant arrival) {
    TestCall copy = copy();
    copy.time = arrival;
    return copy;
  }

  /** The same as a later round of a call that was counted before. */
  public TestCall asContinued() {
    TestCall copy = copy();
    copy.continued = true;
    return copy;
  }

  /** The same with one more limit that it counts against, for rules that look at those. */
  public TestCall withLimit(String rule, LimitUsage usage) {
    TestCall copy = copy();
    copy.limits = Stream.concat(limits.stream(), Stream.of(new Limit(rule, usage))).toList();
    return copy;
  }

  @Override
  public String grant() {
    return grant;
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public String server() {
    return server;
  }

  @Override
  public String policy() {
    return KindBench.POLICY;
  }

  @Override
  public Optional<String> session() {
    return session;
  }

  @Override
  public String protocolRevision() {
    return "2025-11-25";
  }

  @Override
  public String method() {
    return "tools/call";
  }

  @Override
  public Tool tool() {
    return tool;
  }

  @Override
  public ObjectNode arguments() {
    return arguments;
  }

  @Override
  public Instant time() {
    return time;
  }

  @Override
  public boolean continued() {
    return continued;
  }

  @Override
  public List<Limit> limits() {
    return limits;
  }

  @Override
  public void debug(String line) {
    lines.add(line);
  }

  /** What rules have noted on this call, in order. */
  public List<String> debugLines() {
    return List.copyOf(lines);
  }

  /** The tool with its arguments. */
  @Override
  public String toString() {
    return tool.name() + " " + arguments;
  }
}
