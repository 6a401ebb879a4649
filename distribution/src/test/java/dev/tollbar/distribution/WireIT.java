package dev.tollbar.distribution;

import static dev.tollbar.distribution.WireCheck.ANSWERS_A_CALL_WITHOUT_A_SESSION;
import static dev.tollbar.distribution.WireCheck.ASKS_WHILE_A_CALL_RUNS;
import static dev.tollbar.distribution.WireCheck.CANCELS_A_CALL_WHOSE_CLIENT_LEFT;
import static dev.tollbar.distribution.WireCheck.CARRIES_THE_STATE_OF_A_REQUEST;
import static dev.tollbar.distribution.WireCheck.ENDS_A_SESSION;
import static dev.tollbar.distribution.WireCheck.GOES_ON_WHERE_A_STREAM_WAS_CLOSED;
import static dev.tollbar.distribution.WireCheck.KEEPS_ALL_OF_A_RESULT;
import static dev.tollbar.distribution.WireCheck.KEEPS_ALL_OF_A_TOOL_LIST;
import static dev.tollbar.distribution.WireCheck.KEEPS_ERRORS_AS_THEY_ARE;
import static dev.tollbar.distribution.WireCheck.KEEPS_HINTS_FOR_CACHES;
import static dev.tollbar.distribution.WireCheck.KEEPS_IDS_AS_THEY_ARE;
import static dev.tollbar.distribution.WireCheck.KNOWS_NO_OTHER_SESSION;
import static dev.tollbar.distribution.WireCheck.NAMES_A_SESSION;
import static dev.tollbar.distribution.WireCheck.PASSES_ARGUMENTS_IN_HEADERS;
import static dev.tollbar.distribution.WireCheck.REFUSES_A_FOREIGN_HOST;
import static dev.tollbar.distribution.WireCheck.REFUSES_A_REVISION_THAT_THERE_IS_NOT;
import static dev.tollbar.distribution.WireCheck.REPORTS_PROGRESS_BY_THE_CLIENTS_TOKEN;
import static dev.tollbar.distribution.WireCheck.TAKES_A_NOTIFICATION_WITHOUT_A_BODY;
import static dev.tollbar.distribution.WireCheck.TELLS_OF_CHANGES_OUTSIDE_OF_CALLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link WireCheck}: each holds through the gateway, with rules on everything, and each mistake
 * that a gateway is known to make breaks one.
 */
@ExtendWith(Fixtures.class)
class WireIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For what a mistake keeps from coming: a check waits for it in vain. */
  private static final Duration IN_VAIN = Duration.ofSeconds(3);

  private static final String NOT_IN_TIME = "came in time";
  private static final String NO_FAULT = "none";

  /**
   * What a mistake breaks.
   *
   * @param check the check that notices
   * @param says what the check then says, or a part of it
   * @param patience how long the check waits
   */
  private record Notice(WireCheck check, String says, Duration patience) {
    Notice(WireCheck check, String says) {
      this(check, says, PATIENCE);
    }

    /** By what does not come. */
    static Notice inVain(WireCheck check, String says) {
      return new Notice(check, says, IN_VAIN);
    }
  }

  private static final Map<String, Notice> NOTICED = noticed();

  private static LoopbackServer fixture;
  private static LoopbackServer faultless;
  private static RunningGateway gateway;
  private static Node node = new Node("");

  private static Map<String, Notice> noticed() {
    Map<String, Notice> all = new TreeMap<>();
    all.put("buffer-sse", Notice.inVain(ASKS_WHILE_A_CALL_RUNS, NOT_IN_TIME));
    all.put("sse-to-json", Notice.inVain(ASKS_WHILE_A_CALL_RUNS, NOT_IN_TIME));
    all.put(
        "drop-sse-id-and-retry",
        new Notice(GOES_ON_WHERE_A_STREAM_WAS_CLOSED, "first event of the call"));
    all.put(
        "drop-empty-sse-events",
        new Notice(GOES_ON_WHERE_A_STREAM_WAS_CLOSED, "first event of the call"));
    all.put("drop-last-event-id", Notice.inVain(GOES_ON_WHERE_A_STREAM_WAS_CLOSED, NOT_IN_TIME));
    all.put("drop-session-response-header", new Notice(NAMES_A_SESSION, "session of initialize"));
    all.put(
        "drop-protocol-version-header",
        new Notice(REFUSES_A_REVISION_THAT_THERE_IS_NOT, "a revision that there is not"));
    all.put(
        "drop-mcp-method-and-name",
        new Notice(ANSWERS_A_CALL_WITHOUT_A_SESSION, "status of a call without a session"));
    all.put(
        "drop-mcp-param",
        new Notice(PASSES_ARGUMENTS_IN_HEADERS, "a call with an argument in a header"));
    all.put("no-get", new Notice(TELLS_OF_CHANGES_OUTSIDE_OF_CALLS, "status of GET"));
    all.put("no-delete", new Notice(ENDS_A_SESSION, "status of DELETE"));
    all.put(
        "status-200-for-all",
        new Notice(KNOWS_NO_OTHER_SESSION, "status of a session that there is not"));
    all.put(
        "202-becomes-200",
        new Notice(TAKES_A_NOTIFICATION_WITHOUT_A_BODY, "status of a notification"));
    all.put(
        "404-becomes-400",
        new Notice(KNOWS_NO_OTHER_SESSION, "status of a session that there is not"));
    all.put(
        "drop-request-meta",
        new Notice(REPORTS_PROGRESS_BY_THE_CLIENTS_TOKEN, "progress before the result"));
    all.put(
        "drop-progress-token",
        new Notice(REPORTS_PROGRESS_BY_THE_CLIENTS_TOKEN, "progress before the result"));
    all.put("drop-result-meta", new Notice(KEEPS_ALL_OF_A_RESULT, "_meta of a result"));
    all.put("drop-result-type", new Notice(ANSWERS_A_CALL_WITHOUT_A_SESSION, "resultType"));
    all.put(
        "drop-request-state",
        new Notice(CARRIES_THE_STATE_OF_A_REQUEST, "result of the second round"));
    all.put("drop-caching-hints", new Notice(KEEPS_HINTS_FOR_CACHES, "ttlMs of a list"));
    all.put("typed-tools", new Notice(KEEPS_ALL_OF_A_TOOL_LIST, "outputSchema of a tool"));
    all.put(
        "typed-tool-results", new Notice(KEEPS_ALL_OF_A_RESULT, "structuredContent of a result"));
    all.put("drop-error-data", new Notice(KEEPS_ERRORS_AS_THEY_ARE, "data of an error"));
    all.put("rewrite-error-code", new Notice(KEEPS_ERRORS_AS_THEY_ARE, "code of an error"));
    all.put(
        "drop-notifications",
        new Notice(REPORTS_PROGRESS_BY_THE_CLIENTS_TOKEN, "progress before the result"));
    all.put("drop-server-requests", Notice.inVain(ASKS_WHILE_A_CALL_RUNS, NOT_IN_TIME));
    all.put("string-ids", new Notice(KEEPS_IDS_AS_THEY_ARE, "id of the answer"));
    all.put("no-host-check", new Notice(REFUSES_A_FOREIGN_HOST, "status of a foreign host"));
    all.put(
        "keep-upstream-after-client-left",
        Notice.inVain(CANCELS_A_CALL_WHOSE_CLIENT_LEFT, "calls that were cancelled"));
    return all;
  }

  @BeforeAll
  static void begin(Archive archive, NpmPackages npm, @TempDir Path work) throws Exception {
    node = Node.find(npm);
    fixture = ConformanceServers.fixture(node, npm);
    faultless = proxy(npm, NO_FAULT);
    gateway = ConformanceServers.gateway(archive, node, npm, fixture, "ruled", work);
  }

  @AfterAll
  static void end() {
    if (gateway != null) {
      gateway.close();
    }
    if (faultless != null) {
      faultless.close();
    }
    if (fixture != null) {
      fixture.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> holdsThroughTheGateway() {
    List<DynamicTest> tests = new ArrayList<>();
    for (WireCheck check : WireCheck.values()) {
      for (String transport : ConformanceServers.TRANSPORTS) {
        if (check.holdsOver(transport)) {
          tests.add(
              DynamicTest.dynamicTest(
                  transport + " " + check, () -> run(check, gateway.url(transport), PATIENCE)));
        }
      }
    }
    return tests.stream();
  }

  private static void run(WireCheck check, String url, Duration patience) throws Exception {
    try (WireClient wire = new WireClient(url, patience)) {
      check.run(wire);
    }
  }

  @TestFactory
  Stream<DynamicTest> holdsThroughAProxyThatMakesNoMistake() {
    return Stream.of(WireCheck.values())
        .map(check ->
            DynamicTest.dynamicTest(check.toString(), () -> run(check, faultless.url(), PATIENCE)));
  }

  @TestFactory
  Stream<DynamicTest> noticesAMistake(NpmPackages npm) {
    return NOTICED.entrySet().stream()
        .map(mistake ->
            DynamicTest.dynamicTest(
                mistake.getKey(), () -> notices(mistake.getKey(), mistake.getValue(), npm)));
  }

  private static void notices(String fault, Notice notice, NpmPackages npm) throws Exception {
    try (LoopbackServer proxy = proxy(npm, fault)) {
      assertThatThrownBy(() -> run(notice.check(), proxy.url(), notice.patience()))
          .as(fault)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(notice.says());
    }
  }

  @Test
  void noticesEveryMistakeThatTheProxyCanMake(NpmPackages npm) throws Exception {
    ProcessBuilder program =
        new ProcessBuilder(node.program(), npm.conformance("faulty-proxy.mjs").toString());
    program.environment().put("FAULT", "no such fault");
    Finished refused = Finished.run(program);

    List<String> all = new ArrayList<>(NOTICED.keySet());
    all.add(NO_FAULT);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err().strip().replace("FAULT must be one of: ", "").split(" "))
        .containsExactlyInAnyOrderElementsOf(all);
  }

  private static LoopbackServer proxy(NpmPackages npm, String fault)
      throws IOException, InterruptedException {
    return LoopbackServer.start(
        node.listening(npm, "faulty-proxy.mjs"),
        Map.of("PORT", "0", "TARGET", fixture.origin(), "FAULT", fault));
  }
}
