package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.pipeline.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Statuses and media types of streamable HTTP, by raw requests. The groups carry the numbers of the
 * documented failures of gateways (5) and of the tests that the suites do not replace (6).
 */
class StatusTest {
  private static final String DENIED_CALL =
      TestGateway.request(1, "tools/call", "{\"name\":\"drop\"}");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TestGateway gateway;
  private WebFront front;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.hiding("drop"));
    WebFront.Bounds bounds =
        new WebFront.Bounds(16 * 1024, 100, 100, 10, Duration.ofSeconds(15), Duration.ofSeconds(5));
    front =
        WebFront.ofClients(
            InetAddress.getLoopbackAddress(),
            0,
            bounds,
            gateway.gateway(),
            gateway.aggregate(),
            gateway.clock(),
            GuardTest.patient());
  }

  @AfterEach
  void close() {
    front.close();
    gateway.close();
    client.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front.port() + path))
        .header("Authorization", "Bearer " + TestGateway.LAPTOP);
  }

  private HttpRequest.Builder json(String path) {
    return to(path)
        .header("Accept", "application/json, text/event-stream")
        .header("Content-Type", "application/json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String session() throws IOException, InterruptedException {
    return send(json("/mcp/tickets")
            .POST(BodyPublishers.ofString(TestGateway.initialize("2025-11-25"))))
        .headers()
        .firstValue("Mcp-Session-Id")
        .orElseThrow();
  }

  private HttpRequest.Builder call(String session, String contentType, String body) {
    return to("/mcp/tickets")
        .header("Accept", "application/json, text/event-stream")
        .header("Content-Type", contentType)
        .header("Mcp-Session-Id", session)
        .POST(BodyPublishers.ofString(body));
  }

  private void assertRefused(HttpResponse<String> answer, int status, String id, int code) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body())
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + code + ",");
    assertThat(gateway.upstream().requests()).isEmpty();
  }

  /** 5.1: policy bypass by media types, chunks and arrays. */
  @Nested
  class NothingPassesUnread {

    @Test
    void aMediaTypeInOtherCaseIsJsonAndIsJudged() throws Exception {
      String session = session();

      for (String type : List.of("Application/JSON", "application/json; charset=utf-8")) {
        HttpResponse<String> answer = send(call(session, type, DENIED_CALL));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("[POLICY DENIED] This tool is not available.");
      }
      assertThat(gateway.upstream().requests()).isEmpty();
    }

    @Test
    void otherMediaTypesAreRefused() throws Exception {
      String session = session();

      for (String type :
          List.of("text/json", "application/json-seq", "text/plain", "application/x-ndjson")) {
        assertRefused(send(call(session, type, DENIED_CALL)), 415, "null", -32600);
      }
    }

    @Test
    void aBodyInChunksIsJudged() throws Exception {
      String session = session();
      byte[] body = DENIED_CALL.getBytes(StandardCharsets.UTF_8);

      HttpResponse<String> answer =
          send(
              json("/mcp/tickets")
                  .header("Mcp-Session-Id", session)
                  .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

      assertThat(answer.body()).contains("[POLICY DENIED] This tool is not available.");
      assertThat(gateway.upstream().requests()).isEmpty();
    }

    @Test
    void anArrayIsRefusedWhereBatchesAreNoPartOfTheRevision() throws Exception {
      HttpResponse<String> answer =
          send(call(session(), "application/json", "[" + TestGateway.pay(1) + "]"));

      assertRefused(answer, 400, "null", -32600);
      assertThat(answer.body()).contains("Batches are not served; send one message at a time.");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
      String session = session();
      String large = TestGateway.request(1, "ping", "{\"x\":\"" + "x".repeat(20_000) + "\"}");
      byte[] body = large.getBytes(StandardCharsets.UTF_8);

      HttpResponse<String> known = send(call(session, "application/json", large));
      HttpResponse<String> chunked =
          send(
              json("/mcp/tickets")
                  .header("Mcp-Session-Id", session)
                  .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

      assertRefused(known, 413, "null", -32600);
      assertRefused(chunked, 413, "null", -32600);
      assertThat(known.body()).contains("The message is too large.");
    }
  }

  /** 5.11: sessions that are unknown, or named twice. */
  @Nested
  class Sessions {

    @Test
    void anUnknownSessionIs404() throws Exception {
      assertRefused(
          send(call("nonsense", "application/json", TestGateway.pay(3))), 404, "3", -32001);
      assertRefused(
          send(
              to("/mcp/tickets")
                  .header("Accept", "text/event-stream")
                  .header("Mcp-Session-Id", "nonsense")
                  .GET()),
          404,
          "null",
          -32001);
      assertRefused(
          send(to("/mcp/tickets").header("Mcp-Session-Id", "nonsense").DELETE()),
          404,
          "null",
          -32001);
    }

    @Test
    void ofTwoSessionsNoneIsPicked() throws Exception {
      String session = session();

      for (String other : List.of(session, session(), "nonsense")) {
        HttpRequest.Builder twice =
            call(session, "application/json", TestGateway.pay(3)).header("Mcp-Session-Id", other);
        assertRefused(send(twice), 404, "3", -32001);
      }
    }

    @Test
    void noSessionIs400() throws Exception {
      assertRefused(
          send(json("/mcp/tickets").POST(BodyPublishers.ofString(TestGateway.pay(3)))),
          400,
          "3",
          -32000);
      assertRefused(send(to("/mcp/tickets").DELETE()), 400, "null", -32000);
    }

    @Test
    void theHeaderIsSentExactlyOnce() throws Exception {
      HttpResponse<String> welcome =
          send(
              json("/mcp/tickets")
                  .POST(BodyPublishers.ofString(TestGateway.initialize("2025-11-25"))));

      assertThat(welcome.headers().allValues("Mcp-Session-Id")).hasSize(1);
    }
  }

  /** 5.13 and 6.7: the right status, and the id of the request in its own JSON type. */
  @Nested
  class Statuses {

    @Test
    void listeningWithoutEventsIsNotAcceptable() throws Exception {
      String session = session();

      for (HttpRequest.Builder listen :
          List.of(to("/mcp/tickets"), to("/mcp/tickets").header("Accept", "application/json"))) {
        HttpResponse<String> answer = send(listen.header("Mcp-Session-Id", session).GET());
        assertRefused(answer, 406, "null", -32600);
        assertThat(answer.body()).contains("Accept must list text/event-stream.");
      }
    }

    @Test
    void postingWithoutBothIsNotAcceptable() throws Exception {
      for (String accept : List.of("application/json", "text/event-stream", "text/html")) {
        HttpResponse<String> answer =
            send(
                to("/mcp/tickets")
                    .header("Accept", accept)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(TestGateway.initialize("2025-11-25"))));
        assertRefused(answer, 406, "null", -32600);
      }
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
      for (String method : List.of("PUT", "PATCH", "OPTIONS", "TRACE")) {
        HttpResponse<String> answer =
            send(to("/mcp/tickets").method(method, BodyPublishers.noBody()));
        assertRefused(answer, 405, "null", -32000);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, POST, DELETE");
      }
    }

    @Test
    void aServerThatTheGrantDoesNotReachIsForbidden() throws Exception {
      assertRefused(
          send(json("/mcp/nowhere").POST(BodyPublishers.ofString(TestGateway.pay(3)))),
          403,
          "3",
          -32000);
      assertRefused(
          send(to("/mcp/nowhere").header("Accept", "text/event-stream").GET()),
          403,
          "null",
          -32000);
      assertRefused(send(to("/mcp/nowhere").DELETE()), 403, "null", -32000);
    }

    @Test
    void aServerThatIsNoLongerThereIsNotFound() throws Exception {
      assertRefused(
          send(
              json("/mcp/gone")
                  .POST(BodyPublishers.ofString(TestGateway.initialize("2025-11-25")))),
          404,
          "0",
          -32600);
    }

    @Test
    void aRevisionThatDoesNotExistIs400WithASessionAndWithout() throws Exception {
      String session = session();
      for (String revision : List.of("nonsense", "2024-10-07", "2025-06-18, 2025-06-18")) {
        assertRefused(
            send(
                call(session, "application/json", TestGateway.pay(3))
                    .header("MCP-Protocol-Version", revision)),
            400,
            "3",
            -32000);
        assertRefused(
            send(
                json("/mcp/tickets")
                    .header("MCP-Protocol-Version", revision)
                    .POST(BodyPublishers.ofString(TestGateway.pay(3)))),
            400,
            "3",
            -32000);
      }
    }

    @Test
    void refusalsRepeatTheIdInItsOwnType() throws Exception {
      for (String id : List.of("\"3\"", "3", "\"a-b\"", "900719925474099312345", "-7", "\"\"")) {
        String request = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/list\"}";
        assertRefused(send(call("nonsense", "application/json", request)), 404, id, -32001);
      }
    }

    @Test
    void aRequestWithoutABodyIsAnError() throws Exception {
      assertRefused(send(json("/mcp/tickets").POST(BodyPublishers.noBody())), 400, "null", -32700);
    }
  }

  /** 5.14: pages in browsers must not reach the gateway, whatever they ask of it. */
  @Nested
  class Origins {

    @Test
    void aForeignOriginIsForbidden() throws Exception {
      String session = session();
      for (String method : List.of("GET", "DELETE", "POST")) {
        HttpResponse<String> answer =
            send(
                json("/mcp/tickets")
                    .header("Origin", "https://evil.example")
                    .header("Mcp-Session-Id", session)
                    .method(method, BodyPublishers.ofString(TestGateway.pay(3))));
        assertRefused(answer, 403, "null", -32000);
        assertThat(answer.body()).contains("This Origin is not allowed.");
      }
      assertThat(gateway.openSessions()).isEqualTo(1);
    }
  }
}
