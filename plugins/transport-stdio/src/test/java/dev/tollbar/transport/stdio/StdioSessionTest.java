package dev.tollbar.transport.stdio;

import static dev.tollbar.transport.stdio.Fixture.call;
import static dev.tollbar.transport.stdio.Fixture.data;
import static dev.tollbar.transport.stdio.Fixture.node;
import static dev.tollbar.transport.stdio.Fixture.notification;
import static dev.tollbar.transport.stdio.Fixture.request;
import static dev.tollbar.transport.stdio.Fixture.response;
import static dev.tollbar.transport.stdio.Fixture.shell;
import static dev.tollbar.transport.stdio.Fixture.text;
import static dev.tollbar.transport.stdio.Fixture.transport;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class StdioSessionTest {
  private static final String ECHO =
      "function handle(m, line) { if (m.id !== undefined && m.method) say({ id: m.id, result: line }); }";

  @Test
  void answersEachRequestByItsIdAndItsType() throws Exception {
    try (StdioTransport transport = transport(node(ECHO));
        UpstreamSession session = transport.connect()) {
      UpstreamReply reply = session.send(call(1));
      assertThat(((UpstreamReply.Single) reply).status()).isEqualTo(200);
      assertThat(((UpstreamReply.Single) reply).length()).isPresent();
      assertThat(text(reply)).startsWith("{\"id\":1,\"result\":");
      assertThat(text(session.send(request("ping", MessageId.text("1")))))
          .startsWith("{\"id\":\"1\",\"result\":");
    }
  }

  @Test
  void sendsOneMessageAsOneLine() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    let noted = "";
                    function handle(m, line) {
                      if (m.id === undefined) noted = line; else say({ id: m.id, result: noted });
                    }
                    """));
        UpstreamSession session = transport.connect()) {
      assertThat(session.send(notification("notifications/initialized")))
          .isInstanceOf(UpstreamReply.Accepted.class);
      assertThat(text(session.send(call(1))))
          .isEqualTo(
              "{\"id\":1,\"result\":\"{\\\"jsonrpc\\\":\\\"2.0\\\",  "
                  + "\\\"method\\\":\\\"notifications/initialized\\\"}\"}");
    }
  }

  @Test
  void keepsAnswersApartWhenTheyComeInAnotherOrder() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    const waiting = [];
                    function handle(m) {
                      waiting.push(m.id);
                      if (waiting.length === 3) waiting.reverse().forEach((id) => say({ result: {}, id }));
                    }
                    """));
        UpstreamSession session = transport.connect()) {
      FutureTask<String> first = inBackground(session, 1);
      FutureTask<String> second = inBackground(session, 2);
      assertThat(text(session.send(call(3)))).isEqualTo("{\"result\":{},\"id\":3}");
      assertThat(first.get()).isEqualTo("{\"result\":{},\"id\":1}");
      assertThat(second.get()).isEqualTo("{\"result\":{},\"id\":2}");
    }
  }

  private static FutureTask<String> inBackground(UpstreamSession session, int id) {
    FutureTask<String> task = new FutureTask<>(() -> text(session.send(call(id))));
    Thread.ofVirtual().start(task);
    return task;
  }

  @Test
  void progressGoesToItsCallAndTheStreamEndsWithTheResponse() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    const progress = (t) => say({ method: "notifications/progress", params: { progressToken: t } });
                    function handle(m) {
                      if (m.id === 2) {
                        progress("p1"); progress("p2"); progress("p1"); say({ id: 2, result: {} }); say({ id: 1, result: {} });
                      }
                    }
                    """));
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> first = new FutureTask<>(() -> session.send(call(1)));
      Thread.ofVirtual().start(first);
      while (!transport.health().up()) {
        Thread.onSpinWait();
      }
      Thread.sleep(50); // So that call 1 is on its way before call 2.
      try (UpstreamReply.Events second = (UpstreamReply.Events) session.send(call(2));
          UpstreamReply.Events events = (UpstreamReply.Events) first.get()) {
        String p2 = "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":\"p2\"}}";
        assertThat(second.next())
            .hasValueSatisfying(event ->
                assertThat(new String(event.raw(), UTF_8))
                    .isEqualTo("event: message\ndata: " + p2 + "\n\n"));
        assertThat(data(second)).contains("{\"id\":2,\"result\":{}}");
        assertThat(data(second)).isEmpty();
        assertThat(data(events).orElseThrow()).contains("p1");
        assertThat(data(events).orElseThrow()).contains("p1");
        assertThat(data(events)).contains("{\"id\":1,\"result\":{}}");
        assertThat(data(events)).isEmpty();
      }
    }
  }

  @Test
  void aRequestOfTheServerGoesToTheCallInFlightElseToTheListener() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    let call;
                    function handle(m) {
                      if (m.method === "tools/call") { call = m.id; say({ id: 0, method: "roots/list" }); }
                      else if (m.result) { say({ id: call, result: {} }); say({ method: "notifications/x" }); }
                    }
                    """),
                Duration.ofMillis(400));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(call(0))) {
      assertThat(data(events)).contains("{\"id\":0,\"method\":\"roots/list\"}");
      // A server that waits for the client is not silent; only a wait longer than allowed shows it.
      FutureTask<Optional<String>> rest = new FutureTask<>(() -> data(events));
      Thread.ofVirtual().start(rest);
      Thread.sleep(800);
      assertThat(rest.isDone()).isFalse();
      session.send(response(0));
      assertThat(rest.get()).contains("{\"id\":0,\"result\":{}}");
      EventStream listening = session.listen(Optional.empty());
      assertThat(data(listening)).contains("{\"method\":\"notifications/x\"}");
      assertFails(
          () -> session.listen(Optional.of("7")),
          Reason.REFUSED,
          false,
          "messages of a process have no ids");
      EventStream second = session.listen(Optional.empty());
      assertThat(data(listening)).isEmpty();
      second.close();
      assertThat(data(second)).isEmpty();
    }
  }

  @Test
  void refusesASecondRequestWithTheSameId() throws Exception {
    try (StdioTransport transport = transport(node("function handle() {}"));
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> first = new FutureTask<>(() -> session.send(call(1)));
      Thread thread = Thread.ofVirtual().start(first);
      while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> session.send(call(1)))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.REFUSED);
                assertThat(e.delivered()).isFalse();
              })
          .hasMessage("a request with the id 1 is still open");
      thread.interrupt();
      assertThatThrownBy(first::get).hasCauseInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void skipsWhatIsNoMessage() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    console.log("Server v1.2 ready");
                    console.log("");
                    console.log("[1, 2]");
                    console.log('{"id": 1, "result": {}, "id": 2}');
                    console.log('{"id": 1, "result": ');
                    function handle(m) { process.stdout.write('{"id":1,\\r"result":{}}\\r\\n'); }
                    """));
        UpstreamSession session = transport.connect()) {
      assertThat(text(session.send(call(1)))).isEqualTo("{\"id\":1, \"result\":{}} ");
    }
  }

  @Test
  void failsEveryCallAtOnceWhenTheServerEnds() throws Exception {
    try (StdioTransport transport = transport(node("function handle() { process.exit(3); }"));
        UpstreamSession session = transport.connect()) {
      EventStream listening = session.listen(Optional.empty());
      assertFails(
          () -> session.send(call(1)), Reason.BROKEN, true, "the server ended with exit code 3");
      assertThat(session.alive()).isFalse();
      assertThat(data(listening)).isEmpty();
      assertFails(
          () -> session.send(call(2)), Reason.BROKEN, false, "the server ended with exit code 3");
    }
  }

  @Test
  void aServerThatEndsAtOnceFailsTheFirstCall() throws Exception {
    try (StdioTransport transport = transport(shell("exit 7"));
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.send(request("initialize", MessageId.number(0))))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN))
          .hasMessage("the server ended with exit code 7");
    }
  }

  @Test
  void endsAServerThatWritesALineWithoutEnd() throws Exception {
    try (StdioTransport transport =
            transport(shell("while :; do printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; done"));
        UpstreamSession session = transport.connect()) {
      assertFails(
          () -> session.send(call(1)),
          Reason.BROKEN,
          true,
          "the server wrote a line of more than 100000 bytes");
    }
  }

  @Test
  void aServerThatFloodsStderrStillAnswers() throws Exception {
    try (StdioTransport transport =
            transport(
                shell(
                    "yes noise | head -c 3000000 >&2; read line; echo '{\"id\":1,\"result\":{}}'"),
                Fixture.LONG,
                NOPLogger.NOP_LOGGER,
                InstantSource.system());
        UpstreamSession session = transport.connect()) {
      assertThat(text(session.send(call(1)))).isEqualTo("{\"id\":1,\"result\":{}}");
    }
  }

  @Test
  void aSilentServerTimesOutAndProgressPutsItOff() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    function handle(m) {
                      let n = 0;
                      const timer = setInterval(() => {
                        say({ method: "notifications/progress", params: { progressToken: "p1" } });
                        if (++n === 4) clearInterval(timer);
                      }, 300);
                    }
                    """),
                Duration.ofSeconds(1));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(call(1))) {
      for (int i = 0; i < 4; i++) {
        assertThat(data(events)).isPresent();
      }
      assertFails(events::next, Reason.TIMEOUT, true, "the server said nothing for 1000 ms");
      assertThat(session.alive()).isTrue();
    }
  }

  @Test
  void aSubscriptionMayBeSilentForLongOnceItIsAcknowledged() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    function handle(m) {
                      say({ method: "notifications/subscriptions/acknowledged" });
                      setTimeout(() => say({ method: "notifications/tools/list_changed" }), 1500);
                    }
                    """),
                Duration.ofSeconds(1));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events =
            (UpstreamReply.Events)
                session.send(request("subscriptions/listen", MessageId.number(1)))) {
      assertThat(data(events)).isPresent();
      assertThat(data(events)).contains("{\"method\":\"notifications/tools/list_changed\"}");
    }
  }

  @Test
  void whatAServerThatDoesNotReadNeverGotIsNotDelivered() throws Exception {
    try (StdioTransport transport = transport(shell("sleep 60"), Duration.ofMillis(300));
        UpstreamSession session = transport.connect()) {
      String large = "\"" + "x".repeat(200_000) + "\"";
      UpstreamException stuck = failure(() -> session.send(request(large, MessageId.number(1))));
      assertThat(stuck.delivered()).isTrue();
      UpstreamException queued = failure(() -> session.send(call(2)));
      assertThat(queued.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(queued.delivered()).isFalse();
    }
  }

  @Test
  void whatAServerCannotTakeIsNotDeliveredAndEndsIt() throws Exception {
    try (StdioTransport transport =
            transport(shell("exec <&-; echo '{\"method\":\"notifications/closed\"}'; sleep 60"));
        UpstreamSession session = transport.connect();
        EventStream listening = session.listen(Optional.empty())) {
      assertThat(data(listening)).isPresent();
      assertFails(() -> session.send(call(1)), Reason.BROKEN, false, "the server closed its input");
      assertThat(session.alive()).isFalse();
    }
  }

  private static UpstreamException failure(ThrowingCallable action) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(UpstreamException.class, action);
  }

  /** Each byte of what it says comes by itself, also those of one character. */
  @Test
  void section518ACharacterThatComesInPiecesIsWhole() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    """
                    const { writeSync } = require("fs");
                    function handle(m) {
                      const bytes = Buffer.from(JSON.stringify({ id: m.id, result: "é \\uD83D\\uDE00 ſ" }) + "\\n");
                      for (const byte of bytes) writeSync(1, Buffer.of(byte));
                    }
                    """));
        UpstreamSession session = transport.connect()) {
      assertThat(text(session.send(call(1))))
          .isEqualTo("{\"id\":1,\"result\":\"é \uD83D\uDE00 ſ\"}");
    }
  }

  @Test
  void givesTheServerNothingOfItsOwnEnvironment() throws Exception {
    try (StdioTransport transport =
            transport(
                node(
                    "function handle(m) { say({ id: m.id, result: Object.keys(process.env).sort() }); }"));
        UpstreamSession session = transport.connect()) {
      assertThat(text(session.send(call(1))))
          .matches(
              "\\{\"id\":1,\"result\":\\[\"EXTRA\"(,\"(HOME|LANG|LC_ALL|PATH|SHELL|TERM|TMPDIR|USER)\")+]}");
    }
  }

  private static void assertFails(
      ThrowingCallable action, Reason reason, boolean delivered, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.delivered()).isEqualTo(delivered);
            })
        .hasMessage(message);
  }
}
