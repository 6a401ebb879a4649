package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.pipeline.RecordingClient;
import dev.tollbar.pipeline.TestGateway;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wire facts, section 6.11: sessions on many servers go on after a restart of the gateway. */
class TakenUpTest {
  private static final String NOT_FOUND =
      "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":"
          + "\"Session not found: begin anew with initialize.\"}}";

  private ManyServers servers;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    servers = ManyServers.of(data, "docs", "files");
  }

  @AfterEach
  void close() {
    servers.close();
  }

  private RecordingClient call() {
    return servers.request(7, "tools/call", "{\"name\":\"files__read\"}");
  }

  private void assertNotFound() {
    RecordingClient told = call();
    assertThat(told.status()).isEqualTo(404);
    assertThat(told.text()).isEqualTo(NOT_FOUND);
  }

  @Test
  void aClientThatNeverBeginsAnewGoesOn() throws Exception {
    servers.begin();
    servers.restart();

    assertThat(call().text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"from\":\"files\",\"method\":\"tools/call\"}}");
    // The servers are told of the client as it introduced itself, and that it is ready.
    assertThat(servers.server("files").texts())
        .filteredOn(text -> text.contains("\"initialize\""))
        .hasSize(2)
        .allMatch(text -> text.contains("\"capabilities\""));
    assertThat(servers.server("files").texts())
        .filteredOn(text -> text.contains("notifications/initialized"))
        .hasSize(2);
  }

  @Test
  void aSessionThatWasEndedStaysEnded() throws Exception {
    servers.begin();
    assertThat(servers.end().status()).isEqualTo(200);
    assertNotFound();
    servers.restart();

    assertNotFound();
  }

  @Test
  void noOtherGrantTakesItUp() throws Exception {
    servers.begin();
    servers.restart();
    servers.token(TestGateway.DESKTOP);

    assertNotFound();
  }

  @Test
  void anIdThatNobodyHasSealedIsNone() throws Exception {
    servers.begin();
    String id = servers.session();
    servers.restart();
    servers.session(id.substring(0, id.length() - 1) + (id.endsWith("A") ? "B" : "A"));

    assertNotFound();
  }

  @Test
  void anIdIsGoodForThirtyDays() throws Exception {
    servers.begin();
    servers.restart();
    servers.gateway().pass(Duration.ofDays(30));

    assertNotFound();
  }
}
