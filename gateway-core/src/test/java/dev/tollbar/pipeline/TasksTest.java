package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wire facts, section 6.13: tasks of both forms are their creator's, and nobody else's. */
class TasksTest {
  private static final String NO_TASK = "There is no such task.";

  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
    gateway.knows("pay", "{}");
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  /** The result of a call that has become a task (2026-07-28). */
  static String created(String task) {
    return "{\"resultType\":\"task\",\"taskId\":\""
        + task
        + "\",\"status\":\"working\",\"ttlMs\":60000,\"pollIntervalMs\":500}";
  }

  /** The same of 2025-11-25. */
  private static String legacyCreated(String task) {
    return "{\"task\":{\"taskId\":\"" + task + "\",\"status\":\"working\",\"ttl\":60000}}";
  }

  private static String modern(String id, String method, String task) {
    return ModernClient.request(id, method, "\"taskId\":\"" + task + "\"", ModernClient.TASKS);
  }

  private static String legacy(int id, String method, String task) {
    return TestGateway.request(id, method, "{\"taskId\":\"" + task + "\"}");
  }

  private void beginModern(String task) {
    gateway.upstream.answersResult(created(task));
    String call = ModernClient.request("1", "tools/call", "\"name\":\"pay\"", ModernClient.TASKS);
    assertThat(gateway.modern().send(call).text())
        .isEqualTo(ModernClient.result("1", created(task)));
    gateway.upstream.answersResult("{\"x\":1.0}");
    gateway.upstream.forget();
    gateway.records.clear();
  }

  private Knock beginLegacy(String task) {
    Knock session = gateway.session();
    gateway.upstream.answersResult(legacyCreated(task));
    String call =
        TestGateway.request(1, "tools/call", "{\"name\":\"pay\",\"task\":{\"ttl\":60000}}");
    assertThat(gateway.post(session, call).text())
        .isEqualTo(ModernClient.result("1", legacyCreated(task)));
    gateway.upstream.answersResult("{\"x\":1.0}");
    gateway.upstream.forget();
    gateway.records.clear();
    return session;
  }

  private void assertRefused(RecordingClient told, String text, String code) {
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(text);
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records.getLast().decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(gateway.records.getLast().code()).contains(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks/get", "tasks/update", "tasks/cancel"})
  void aTaskIsItsCreatorsOnly(String method) {
    beginModern("t1");
    String request = modern("\"7\"", method, "t1");

    assertRefused(
        new ModernClient(gateway, TestGateway.DESKTOP).send(request),
        ModernClient.error("\"7\"", -32602, NO_TASK),
        "unknown_task");
    assertRefused(
        gateway.modern().send(modern("\"7\"", method, "t2")),
        ModernClient.error("\"7\"", -32602, NO_TASK),
        "unknown_task");

    assertThat(gateway.modern().send(request).text())
        .isEqualTo(ModernClient.result("\"7\"", "{\"x\":1.0}"));
    assertThat(gateway.upstream.requests()).containsExactly(request);
    assertThat(gateway.upstream.forwarded().getFirst().headers())
        .containsEntry("Mcp-Name", "t1")
        .hasSize(2);
  }

  @Test
  void aTaskThatBeginsInAStreamIsItsCreatorsToo() {
    gateway.upstream.answers(message ->
        FakeReply.events(FakeUpstream.event(FakeUpstream.result(message, created("t1")))));
    gateway
        .modern()
        .send(ModernClient.request("1", "tools/call", "\"name\":\"pay\"", ModernClient.TASKS));
    gateway.upstream.answersResult("{}");

    assertThat(gateway.modern().send(modern("2", "tasks/get", "t1")).text())
        .isEqualTo(ModernClient.result("2", "{}"));
  }

  @Test
  void nobodyTakesATaskByBeginningItAgain() {
    beginModern("t1");
    gateway.upstream.answersResult(created("t1"));
    ModernClient desktop = new ModernClient(gateway, TestGateway.DESKTOP);
    desktop.send(ModernClient.request("1", "tools/call", "\"name\":\"pay\"", ModernClient.TASKS));
    gateway.upstream.forget();

    assertRefused(
        desktop.send(modern("2", "tasks/get", "t1")),
        ModernClient.error("2", -32602, NO_TASK),
        "unknown_task");
    assertThat(gateway.modern().send(modern("3", "tasks/get", "t1")).text())
        .isEqualTo(ModernClient.result("3", created("t1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks/get", "tasks/update", "tasks/cancel"})
  void aTaskOfAToolThatIsHiddenSinceIsDenied(String method) {
    beginModern("t1");
    gateway.live.replace(gateway.revision("r2", TestGateway.hiding("pay"), () -> {}));

    assertRefused(
        gateway.modern().send(modern("7", method, "t1")),
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-31010,\"message\":\"[POLICY DENIED] The"
            + " tool of this task is not available.\",\"data\":{\"dev.tollbar/denial\":{\"code\":"
            + "\"hidden\",\"rule\":\"(hidden)\",\"final\":true,\"retryAfterMs\":0}}}}",
        "hidden");
  }

  @Test
  void aResultThatIsNoTaskBeginsNone() {
    gateway.upstream.answersResult("{\"resultType\":\"complete\",\"taskId\":\"t1\"}");
    gateway
        .modern()
        .send(ModernClient.request("1", "tools/call", "\"name\":\"pay\"", ModernClient.TASKS));
    gateway.upstream.forget();

    assertRefused(
        gateway.modern().send(modern("2", "tasks/get", "t1")),
        ModernClient.error("2", -32602, NO_TASK),
        "unknown_task");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks/get", "tasks/result", "tasks/cancel"})
  void aTaskOfASessionIsItsCreatorsOnly(String method) {
    Knock session = beginLegacy("t1");
    Knock desktop = gateway.session(TestGateway.DESKTOP);
    String request = legacy(7, method, "t1");

    assertRefused(
        gateway.post(desktop, request), ModernClient.error("7", -32602, NO_TASK), "unknown_task");
    assertRefused(
        gateway.post(session, legacy(7, method, "t2")),
        ModernClient.error("7", -32602, NO_TASK),
        "unknown_task");

    assertThat(gateway.post(session, request).text())
        .isEqualTo(ModernClient.result("7", "{\"x\":1.0}"));
    assertThat(gateway.upstream.requests()).containsExactly(request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks/get", "tasks/result", "tasks/cancel"})
  void aTaskOfASessionWhoseToolIsHiddenSinceIsDenied(String method) {
    Knock session = beginLegacy("t1");
    gateway.live.replace(gateway.revision("r2", TestGateway.hiding("pay"), () -> {}));

    RecordingClient told = gateway.post(session, legacy(7, method, "t1"));

    assertThat(told.json().path("error").path("message").asText())
        .isEqualTo("[POLICY DENIED] The tool of this task is not available.");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void aListOfTasksShowsTheCreatorsOwn() {
    Knock session = beginLegacy("t1");
    Knock desktop = gateway.session(TestGateway.DESKTOP);
    String list = TestGateway.request(2, "tasks/list", "{}");
    String all =
        "{ \"tasks\":[{\"taskId\":\"t0\"} , {\"n\":1.0,\"taskId\":\"t1\"}],\"nextCursor\":\"2\"}";
    gateway.upstream.answersResult(all);

    assertThat(gateway.post(session, list).text())
        .isEqualTo(
            ModernClient.result(
                "2", "{ \"tasks\":[{\"n\":1.0,\"taskId\":\"t1\"}],\"nextCursor\":\"2\"}"));
    assertThat(gateway.post(desktop, list).text())
        .isEqualTo(ModernClient.result("2", "{ \"tasks\":[],\"nextCursor\":\"2\"}"));
  }

  @Test
  void aLargeTaskOfASessionIsKnownToo() {
    Knock session = gateway.session();
    gateway.upstream.answersResult(
        "{\"x\":\"" + "x".repeat(400 * 1024) + "\",\"task\":{\"taskId\":\"t1\"}}");
    gateway.post(session, TestGateway.request(1, "tools/call", "{\"name\":\"pay\",\"task\":{}}"));
    gateway.upstream.answersResult("{}");

    assertThat(gateway.post(session, legacy(2, "tasks/get", "t1")).text())
        .isEqualTo(ModernClient.result("2", "{}"));
  }

  @Test
  void withoutAPolicyNobodyHearsOfTasks() {
    beginModern("t1");
    for (String method : List.of("tasks/get", "tasks/update", "tasks/cancel")) {
      RecordingClient told =
          new ModernClient(gateway, TestGateway.BARE).send(modern("7", method, "t1"));

      assertThat(told.error()).isEqualTo(-31010);
      assertThat(told.json().path("error").path("message").asText())
          .isEqualTo("[POLICY DENIED] No policy permits calls to this server.");
    }
    assertThat(gateway.upstream.requests()).isEmpty();
  }
}
