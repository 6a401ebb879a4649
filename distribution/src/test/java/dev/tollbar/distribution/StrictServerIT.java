package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a server gets to see of clients that speak another revision than it does: nothing. */
@ExtendWith(Fixtures.class)
class StrictServerIT {
  private static final Principal ANN = new Principal("ann");

  /** What clients and pages say of themselves. */
  private static final Map<String, String> OWN =
      Map.of(
          "Origin", "http://localhost:5173",
          "Cookie", "secret=1",
          "X-Api-Key", "secret",
          "X-Forwarded-For", "10.0.0.1",
          "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

  private static final List<String> OF_THE_GATEWAY =
      List.of(
          "Accept",
          "Accept-encoding",
          "Content-length",
          "Content-type",
          "Host",
          "Mcp-method",
          "Mcp-name",
          "Mcp-protocol-version",
          "Mcp-session-id",
          "User-agent",
          "X-server-key");

  private static StrictServer server;
  private static RunningGateway gateway;

  @BeforeAll
  static void begin(Archive archive, @TempDir Path work) throws Exception {
    server = StrictServer.start();
    Files.writeString(work.resolve("key"), "of the gateway");
    Path document =
        Files.writeString(
            work.resolve("gateway.yaml"),
            """
            version: "2"
            servers:
              strict:
                transport: { streamable_http: { url: "%s", headers: { X-Server-Key: { file: key } } } }
            policies:
              open: { default: allow }
            grants:
            """
                    .formatted(server.url())
                + ANN.grant(List.of("strict"), "open"));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void end() {
    gateway.close();
    server.close();
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(OWN);
    headers.putAll(ANN.headers());
    return headers;
  }

  private static String legacyCall() throws Exception {
    try (Wire wire = new Wire(gateway.url("strict"))) {
      HttpResponse<String> begun = wire.post(Wire.INITIALIZE, headers());
      assertThat(Wire.json(begun).at("/result/protocolVersion").asText())
          .isEqualTo(StrictServer.REVISION);
      return text(Wire.json(wire.post(Wire.call(1, "any", "{}"), wire.begin(headers()))));
    }
  }

  private static String modernCall() throws Exception {
    try (WireClient wire = new WireClient(gateway.url("strict"), Duration.ofSeconds(30))) {
      return text(new ModernClient(wire, headers()).call(1, "any").response());
    }
  }

  private static String text(JsonNode response) {
    return response.at("/result/content/0/text").asText(response.toString());
  }

  @Test
  void section512EachSideIsSpokenToInItsOwnRevision() throws Exception {
    assertThat(legacyCall()).isEqualTo("served");
    assertThat(modernCall()).isEqualTo("served");
  }

  @Test
  void section514TheServerIsCalledByItsOwnNameAndByNoPage() throws Exception {
    assertThat(legacyCall()).isEqualTo("served");
    assertThat(modernCall()).isEqualTo("served");

    assertThat(server.received())
        .allSatisfy(headers -> {
          assertThat(headers.get("Host")).containsExactly(server.url().split("/", -1)[2]);
          assertThat(headers.containsKey("Origin")).isFalse();
        });
  }

  @Test
  void section516TheServerSeesNoHeaderThatIsNotTheGatewaysOwn() throws Exception {
    assertThat(legacyCall()).isEqualTo("served");
    assertThat(modernCall()).isEqualTo("served");

    List<Headers> received = server.received();
    assertThat(received).hasSizeGreaterThan(4);
    assertThat(received)
        .allSatisfy(headers -> {
          assertThat(OF_THE_GATEWAY).containsAll(headers.keySet());
          assertThat(headers.get("X-Server-Key")).containsExactly("of the gateway");
          assertThat(headers.toString()).doesNotContain("secret", "token-of-ann");
        });
  }
}
