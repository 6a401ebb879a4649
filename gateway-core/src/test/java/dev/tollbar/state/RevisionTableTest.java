package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tollbar.state.Revisions.How;
import dev.tollbar.state.Revisions.InForce;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionTableTest {
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  private static final PluginSet PLUGINS = Samples.plugins("1.0");

  @TempDir Path folder;

  private static StoredRevision revision(String id) {
    return new StoredRevision(
        id, "/etc/gateway.yaml", "text of " + id, new TreeMap<>(Map.of("s.js", "script of " + id)));
  }

  private static StoredRevision of(String id, String file) {
    return new StoredRevision(id, file, "text", new TreeMap<>());
  }

  @Test
  void keepsEveryPartOfARevisionAndWhenItCameIntoForce() {
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW);
        EmbeddedState otherProcess = EmbeddedState.open(folder, () -> NOW)) {
      state.revisions().comesIntoForce(revision("aa"), PLUGINS, NOW, true);
      state.revisions().comesIntoForce(revision("bb"), PLUGINS, NOW.plusSeconds(1), false);
      state.revisions().comesIntoForce(revision("aa"), PLUGINS, NOW.plusSeconds(2), false);

      assertThat(otherProcess.revisions().find("aa")).contains(revision("aa"));
      assertThat(otherProcess.revisions().find("cc")).isEmpty();
      assertThat(otherProcess.revisions().history())
          .containsExactly(
              new InForce(
                  3,
                  NOW.plusSeconds(2),
                  "aa",
                  "/etc/gateway.yaml",
                  How.RETURN,
                  Optional.of(PLUGINS)),
              new InForce(
                  2,
                  NOW.plusSeconds(1),
                  "bb",
                  "/etc/gateway.yaml",
                  How.CHANGE,
                  Optional.of(PLUGINS)),
              new InForce(1, NOW, "aa", "/etc/gateway.yaml", How.START, Optional.of(PLUGINS)));
    }
  }

  @Test
  void aGatewayThatStartsWithWhatWasInForceAddsNothing() {
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      Revisions revisions = state.revisions();
      revisions.comesIntoForce(of("aa", "/one.yaml"), PLUGINS, NOW, true);
      revisions.comesIntoForce(of("bb", "/two.yaml"), PLUGINS, NOW, true);

      revisions.comesIntoForce(of("aa", "/one.yaml"), PLUGINS, NOW.plusSeconds(9), true);

      assertThat(revisions.history()).extracting(InForce::revision).containsExactly("bb", "aa");
    }
  }

  @Test
  void theSameDocumentWithOtherPluginsComesIntoForceAnew() {
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      Revisions revisions = state.revisions();
      PluginSet none = PluginSet.of(List.of());
      revisions.comesIntoForce(revision("aa"), PLUGINS, NOW, true);
      revisions.comesIntoForce(revision("aa"), Samples.plugins("1.1"), NOW, false);
      revisions.comesIntoForce(revision("aa"), Samples.plugins("1.1"), NOW, false);
      revisions.comesIntoForce(revision("aa"), PLUGINS, NOW, true);
      revisions.comesIntoForce(revision("aa"), none, NOW, false);
      revisions.comesIntoForce(revision("aa"), none, NOW, true);

      assertThat(revisions.history())
          .extracting(InForce::how, InForce::plugins)
          .containsExactly(
              tuple(How.PLUGINS, Optional.of(none)),
              tuple(How.START, Optional.of(PLUGINS)),
              tuple(How.PLUGINS, Optional.of(Samples.plugins("1.1"))),
              tuple(How.START, Optional.of(PLUGINS)));
    }
  }

  @Test
  void whatAnOlderTollbarHasKeptHasNoPlugins() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tollbar.db"));
        Statement statement = connection.createStatement()) {
      Schema.create(connection, 7);
      statement.execute(
          """
          INSERT INTO revisions_in_force (at, revision, file, how)
          VALUES (0, 'aa', '/etc/gateway.yaml', 'start')
          """);
    }

    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      state.revisions().comesIntoForce(revision("aa"), PLUGINS, NOW, true);

      assertThat(state.revisions().history())
          .extracting(InForce::plugins)
          .containsExactly(Optional.of(PLUGINS), Optional.empty());
    }
  }

  @Test
  void dropsTheOldestTimesAndWhatOnlyTheyWereAbout() {
    try (Database database = new Database(folder)) {
      RevisionTable table = new RevisionTable(database, 3);
      List.of("aa", "bb", "aa", "cc", "dd")
          .forEach(id -> table.comesIntoForce(revision(id), PLUGINS, NOW, false));

      assertThat(table.history()).extracting(InForce::revision).containsExactly("dd", "cc", "aa");
      assertThat(table.find("aa")).contains(revision("aa"));
      assertThat(table.find("bb")).isEmpty();
    }
  }

  @Test
  void aStoreOfTheFirstSchemaIsBroughtUpToDateWithWhatItHolds() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tollbar.db"));
        Statement statement = connection.createStatement()) {
      Schema.create(connection, 1);
      statement.execute(
          """
          INSERT INTO grants (name, token_sha256, servers, labels, created)
          VALUES ('laptop', 'ab', '{"files":"open"}', '{}', 0)
          """);
    }

    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      assertThat(state.revisions().history()).isEmpty();
      state.revisions().comesIntoForce(revision("aa"), PLUGINS, NOW, true);
      assertThat(state.revisions().find("aa")).contains(revision("aa"));
      assertThat(state.grants().list()).extracting(StoredGrant::name).containsExactly("laptop");
    }
  }

  @Test
  void askingMakesNoStore() {
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      assertThat(state.revisions().history()).isEmpty();
      assertThat(state.revisions().find("aa")).isEmpty();
    }
    assertThat(Files.exists(folder.resolve("tollbar.db"))).isFalse();
  }
}
