package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Wire facts, section 6.17: large results, long streams, and clients that read slowly. */
@ExtendWith(Fixtures.class)
class LargeIT {
  private static final int EVENTS = 10_000;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static LoopbackServer server;
  private static RunningGateway gateway;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    String loopback = npm.folder().resolve("loopback.cjs").toString();
    String program = npm.folder().resolve("large-server.mjs").toString();
    server = LoopbackServer.start(List.of("node", "--require", loopback, program), 0);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          large: { transport: { streamable_http: { url: "%s" } } }
        policies:
          open: { default: allow, tools: {} }
        """
            .formatted(server.url()));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    server.close();
    HTTP.shutdownNow();
  }

  private static InputStream call(String url, String tool) throws Exception {
    String body =
        """
        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","_meta":{"progressToken":"p",\
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientCapabilities":{}}}}\
        """
            .formatted(tool);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", tool)
            .POST(BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, BodyHandlers.ofInputStream()).body();
  }

  private static String sent() throws Exception {
    return new ObjectMapper()
        .readTree(call(server.url(), "sent"))
        .at("/result/content/0/text")
        .asText();
  }

  @Test
  void aResultOfTenMegabytesIsTheServersOwnByteForByte() throws Exception {
    byte[] direct = call(server.url(), "large").readAllBytes();
    byte[] through = call(gateway.url("large"), "large").readAllBytes();

    assertThat(through.length).isGreaterThan(10_000_000);
    assertThat(Arrays.equals(through, direct)).isTrue();
  }

  @Test
  void aClientThatDoesNotReadStopsTheServerAndLosesNothing() throws Exception {
    try (BufferedReader events =
        new BufferedReader(
            new InputStreamReader(call(gateway.url("large"), "stream"), StandardCharsets.UTF_8))) {
      assertThat(nextData(events)).startsWith(progress(0));
      String before = "";
      for (String now = sent(); !now.equals(before); now = sent()) {
        before = now;
        Thread.sleep(500); // until the server has come to a stop, or to its end
      }

      assertThat(Integer.parseInt(before)).isBetween(1, EVENTS - 1);
      for (int i = 1; i < EVENTS; i++) {
        assertThat(nextData(events)).startsWith(progress(i));
      }
      assertThat(nextData(events)).contains("\"text\":\"done\"");
    }
  }

  private static String progress(int number) {
    return "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":"
        + "{\"progressToken\":\"p\",\"progress\":"
        + number
        + ",";
  }

  private static String nextData(BufferedReader events) throws IOException {
    String line = events.readLine();
    while (line != null && !line.startsWith("data: ")) {
      line = events.readLine();
    }
    return String.valueOf(line);
  }
}
