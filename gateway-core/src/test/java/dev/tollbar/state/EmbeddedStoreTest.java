package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file itself: when it is made, with which mode, and which files are refused. */
class EmbeddedStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path parent;

  @Test
  void readingAndChangingMakeNoFile() {
    Path folder = parent.resolve("data");
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      assertThat(state.grants().list()).isEmpty();
      assertThat(state.grants().version()).isZero();
      assertThat(state.grants().revoke("laptop", NOW)).isFalse();
      assertThat(state.approvals().list(NOW)).isEmpty();
      assertThat(state.approvals().find("a")).isEmpty();
      assertThat(state.approvals().use("a", NOW)).isFalse();
      assertThat(state.approvals().decide("a", Samples.approves("ann", NOW)))
          .isEqualTo(Approvals.Decided.UNKNOWN);
      state.approvals().giveBack("a");
    }

    assertThat(folder).doesNotExist();
  }

  @Test
  void filesAndFolderAreReadableByTheirOwnerAlone() throws IOException {
    Path folder = parent.resolve("deep/data");
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      state.grants().add(Samples.grant("laptop", NOW));

      assertThat(mode(folder)).isEqualTo("rwx------");
      try (var files = Files.list(folder)) {
        assertThat(files.toList())
            .hasSize(3)
            .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void refusesTheStoreOfANewerTollbar() throws SQLException {
    try (EmbeddedState state = EmbeddedState.open(parent, () -> NOW)) {
      state.grants().add(Samples.grant("laptop", NOW));
    }
    sql("PRAGMA user_version = 700");

    try (EmbeddedState state = EmbeddedState.open(parent, () -> NOW)) {
      assertThatThrownBy(() -> state.grants().list())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              parent.resolve("tollbar.db")
                  + " was written by a newer Tollbar: it has schema 700, this one knows up to "
                  + Schema.VERSION);
    }
  }

  @Test
  void refusesTheFileOfAnotherProgram() throws SQLException {
    sql("CREATE TABLE recipes (name TEXT)");

    try (EmbeddedState state = EmbeddedState.open(parent, () -> NOW)) {
      assertThatThrownBy(() -> state.grants().add(Samples.grant("laptop", NOW)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              parent.resolve("tollbar.db")
                  + " is not a Tollbar store: some other program has made it");
    }
  }

  @Test
  void refusesAFileThatIsNoDatabase() throws IOException {
    Files.writeString(parent.resolve("tollbar.db"), "x".repeat(5_000));

    try (EmbeddedState state = EmbeddedState.open(parent, () -> NOW)) {
      assertThatThrownBy(() -> state.grants().list())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              parent.resolve("tollbar.db") + " is not a Tollbar store: it is no SQLite file");
    }
  }

  @Test
  void saysWhenTheFolderCannotBeMade() throws IOException {
    Path file = Files.createFile(parent.resolve("data"));

    try (EmbeddedState state = EmbeddedState.open(file, () -> NOW)) {
      assertThatThrownBy(() -> state.grants().add(Samples.grant("laptop", NOW)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              file.resolve("tollbar.db") + " cannot be made: " + file + " is a file, not a folder");
    }
  }

  @Test
  void worksAgainWhenTheStoreIsMended() throws IOException {
    Path file = parent.resolve("tollbar.db");
    Files.writeString(file, "x".repeat(5_000));
    try (EmbeddedState state = EmbeddedState.open(parent, () -> NOW)) {
      assertThatThrownBy(() -> state.grants().list()).isInstanceOf(StoreUnavailableException.class);
      Files.delete(file);

      assertThat(state.grants().add(Samples.grant("laptop", NOW))).isTrue();
    }
  }

  @Test
  void waitsForAnotherWriterAndThenSaysThatTheStoreIsBusy() throws SQLException {
    try (EmbeddedState state = EmbeddedState.open(parent, () -> NOW)) {
      state.grants().add(Samples.grant("laptop", NOW));
      try (Connection other = connect();
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");

        assertThatThrownBy(() -> state.grants().revoke("laptop", NOW))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessage(
                parent.resolve("tollbar.db") + " is busy: another process has held it for 5 s");
        assertThat(state.grants().list()).hasSize(1);
        statement.execute("ROLLBACK");
      }
      assertThat(state.grants().revoke("laptop", NOW)).isTrue();
    }
  }

  @Test
  void refusesToWorkOnceClosed() {
    EmbeddedState state = EmbeddedState.open(parent, () -> NOW);
    state.grants().add(Samples.grant("laptop", NOW));
    state.close();
    state.close();

    assertThatThrownBy(() -> state.grants().list())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(parent.resolve("tollbar.db") + " is closed: the gateway is stopping");
  }

  @Test
  void twoProcessesSeeWhatEachOtherStores() {
    try (EmbeddedState first = EmbeddedState.open(parent, () -> NOW);
        EmbeddedState second = EmbeddedState.open(parent, () -> NOW)) {
      first.grants().add(Samples.grant("laptop", NOW));
      first.approvals().open(Samples.question("a", NOW), NOW);

      assertThat(second.grants().list()).isEqualTo(List.of(Samples.grant("laptop", NOW)));
      assertThat(second.approvals().find("a")).contains(Samples.question("a", NOW));
    }
  }

  @Test
  void processesThatFindNoStoreAllMakeItAtOnce() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      Path folder = parent.resolve("round " + round);
      Together.run(
          Thread.ofPlatform(),
          6,
          process -> {
            try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
              state.grants().add(Samples.grant("laptop " + process, NOW));
            }
          });

      try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
        assertThat(state.grants().list()).hasSize(6);
      }
    }
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + parent.resolve("tollbar.db"));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
