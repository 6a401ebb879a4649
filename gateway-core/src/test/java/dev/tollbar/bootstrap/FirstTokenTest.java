package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tollbar.audit.ChainCheck;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.audit.RecordSchema;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.StoredAdminToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The token for who starts a gateway, and its line in the chain. */
class FirstTokenTest {
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  @TempDir private Path data;
  private EmbeddedState state;
  private DecisionLog log;

  @BeforeEach
  void open() throws IOException {
    state = EmbeddedState.open(data, () -> NOW);
    log = DecisionLog.open(data, DecisionLog.Settings.defaults());
  }

  @AfterEach
  void close() throws IOException {
    log.close();
    state.close();
    List<String> faults = new ArrayList<>();
    new ChainCheck(
            data.resolve("chain.key"),
            Optional.empty(),
            finding -> faults.add(finding.text()),
            _ -> {})
        .folder(data);
    assertThat(faults).isEmpty();
    RecordSchema.checkFolder(data);
  }

  private Optional<String> make() throws InterruptedException {
    return FirstToken.make(state.adminTokens(), log, NOW);
  }

  private List<String> lines() throws IOException {
    return new DecisionPages(data)
        .after(0, 100).stream()
            .map(entry ->
                Stream.of("time", "event", "via", "who", "action", "target", "result", "detail")
                    .map(member -> entry.json().path(member).asText())
                    .collect(Collectors.joining(" ")))
            .toList();
  }

  private static String line(String name) {
    return "2026-11-26T10:00:00.000000Z admin command %s admin_token %s done {\"role\":\"admin\"}"
        .formatted(System.getProperty("user.name"), name);
  }

  @Test
  void isRecordedBeforeItIsTold() throws Exception {
    String token = make().orElseThrow();

    assertThat(lines()).containsExactly(line("first"));
    StoredAdminToken stored = state.adminTokens().find(Tokens.sha256Hex(token)).orElseThrow();
    assertThat(stored.name()).isEqualTo("first");
    assertThat(stored.role()).isEqualTo("admin");
  }

  @Test
  void isNotMadeWhereAnotherIsGoodAndThatLeavesNoLine() throws Exception {
    make();

    assertThat(make()).isEmpty();
    assertThat(lines()).hasSize(1);
    state.adminTokens().revoke("first", NOW);
    assertThat(make()).isPresent();
    assertThat(lines()).containsExactly(line("first"), line("first-2"));
  }

  @Test
  void isNotMadeWhereItCannotBeRecorded() throws Exception {
    log.close();
    Logger logger = (Logger) LoggerFactory.getLogger(FirstToken.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      assertThat(make()).isEmpty();
    } finally {
      logger.detachAppender(said);
    }

    assertThat(state.adminTokens().list()).isEmpty();
    assertThat(said.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "no admin token can be made, as it cannot be recorded: the decision log is closed");
  }

  @Test
  void aStoreThatCannotBeUsedKeepsNobodyFromServing() throws Exception {
    state.close();

    assertThat(make()).isEmpty();
    assertThat(lines()).isEmpty();
  }
}
