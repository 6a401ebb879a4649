package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * The server behind the gateway: answers as the scenario says, and keeps what it was sent. Safe for
 * use by many threads.
 */
final class ScenarioServer implements UpstreamTransport {
  static final String REVISION = "2025-11-25";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Scenario scenario;
  private final TestClock clock;
  private final List<byte[]> requests = new CopyOnWriteArrayList<>();
  private volatile Optional<Answer> next = Optional.empty();
  private volatile Optional<Runnable> atWork = Optional.empty();
  private volatile boolean answeredInThePast;

  ScenarioServer(Scenario scenario, TestClock clock) {
    this.scenario = scenario;
    this.clock = clock;
  }

  /**
   * What is to happen to the next call.
   *
   * @param answer instead of what the scenario says of its tool
   * @param begun told when the call is here, which then is never answered
   */
  void expect(Optional<Answer> answer, Optional<Runnable> begun) {
    requests.clear();
    answeredInThePast = false;
    next = answer;
    atWork = begun;
  }

  /** The requests that arrived since then. */
  List<byte[]> requests() {
    return List.copyOf(requests);
  }

  /** Whether the scenario says that it answered before it was asked. */
  boolean answeredInThePast() {
    return answeredInThePast;
  }

  /** The result of the server's own {@code tools/list}. */
  ObjectNode toolList() {
    Given given = scenario.content().given();
    ObjectNode result = given.page().deepCopy();
    ArrayNode tools = result.putArray("tools");
    if (given.tools().isPresent()) {
      given.tools().get().forEach(tools::add);
    } else {
      scenario.content().calls().stream()
          .flatMap(step -> step.tool().stream())
          .distinct()
          .forEach(name -> tools.addObject().put("name", name).putObject("inputSchema"));
    }
    return result;
  }

  @Override
  public UpstreamSession connect() {
    return new ScenarioSession();
  }

  @Override
  public Health health() {
    return new Health(true, "a scenario");
  }

  @Override
  public void close() {}

  private ObjectNode answer(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    return switch (message.method()) {
      case "initialize" -> result(handshake());
      case "tools/list" -> result(toolList());
      case "tools/call" -> call(message);
      default ->
          new Answer(
                  Optional.empty(),
                  Optional.of(new Answer.Fault(-32601, "The scenario's server has no such method")),
                  Optional.empty(),
                  Optional.empty())
              .response();
    };
  }

  private ObjectNode call(UpstreamMessage message) throws UpstreamException, InterruptedException {
    Answer answer = next.orElseGet(() -> byTool(message));
    answer.at().filter(at -> !clock.moveTo(at.instant())).ifPresent(_ -> answeredInThePast = true);
    if (atWork.isPresent()) {
      atWork.get().run();
      new CountDownLatch(1).await();
    }
    if (answer.fails().isPresent()) {
      throw answer.fails().get().exception();
    }
    return answer.response();
  }

  private boolean delivers(UpstreamMessage message) {
    return !message.method().equals("tools/call")
        || next.orElseGet(() -> byTool(message))
            .fails()
            .map(Answer.Failure::delivered)
            .orElse(true);
  }

  private Answer byTool(UpstreamMessage message) {
    try {
      String tool = JSON.readTree(message.bytes()).path("params").path("name").asText("");
      return scenario.content().given().replies().getOrDefault(tool, Answer.ok());
    } catch (IOException e) {
      throw new IllegalStateException("the gateway forwarded what is not JSON", e);
    }
  }

  private static JsonNode handshake() {
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("protocolVersion", REVISION);
    result.putObject("capabilities").putObject("tools");
    result.putObject("serverInfo").put("name", "scenario").put("version", "1");
    return result;
  }

  private static ObjectNode result(JsonNode result) {
    ObjectNode response = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
    response.set("result", result);
    return response;
  }

  private final class ScenarioSession implements UpstreamSession {
    private volatile boolean open = true;

    @Override
    public UpstreamReply send(UpstreamMessage message)
        throws UpstreamException, InterruptedException {
      if (message.kind() != UpstreamMessage.Kind.REQUEST) {
        return new UpstreamReply.Accepted();
      }
      if (delivers(message)) {
        requests.add(message.bytes().clone());
      }
      ObjectNode response = answer(message);
      response.putRawValue("id", new RawValue(message.id().orElseThrow().json()));
      return new Whole(response.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
      throw new UpstreamException(Reason.REFUSED, true, 405, "a scenario's server never speaks up");
    }

    @Override
    public boolean alive() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }

  private record Whole(byte[] bytes) implements UpstreamReply.Single {

    @Override
    public int status() {
      return 200;
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.of(bytes.length);
    }

    @Override
    public void close() {}
  }
}
