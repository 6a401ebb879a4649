package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.StoreUnavailableException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Full, locked and damaged files: what needs them is refused, the rest goes on, and it mends. */
class StoreOutageTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path folder;

  private final SetClock clock = new SetClock("2026-11-23T10:00:00Z");

  @Test
  void aFullDiskDeniesWhatWouldBeWrittenAndTheRestGoesOn() throws SQLException {
    Quota quota = new Quota();
    try (EmbeddedState state = EmbeddedState.open(folder, clock, quota)) {
      state.grants().add(Samples.grant("laptop", NOW));
      state.approvals().open(Samples.question("a", NOW), NOW);
      take(state, Calendar.DAY, "10000");
      quota.pages(1);

      String full = folder.resolve("tollbar.db") + " cannot be written: the disk is full";
      assertThatThrownBy(() -> fill(state))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(full);
      assertThat(state.problem()).contains(full);
      // Read, counted out of a lease, and counted in memory.
      assertThat(state.grants().list()).hasSize(1);
      assertThat(state.approvals().find("a")).isPresent();
      assertThat(take(state, Calendar.DAY, "10000")).isTrue();
      assertThat(take(state, Calendar.MINUTE, "10000")).isTrue();

      quota.pages(1_000_000);
      Eventual.ly(() -> assertThat(state.problem()).isEmpty());
      assertThat(state.grants().revoke("laptop", NOW)).isTrue();
    }
  }

  @Test
  void aLockedFileDeniesWithinTimeAndHoldsUpNoReader() throws Exception {
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      state.grants().add(Samples.grant("laptop", NOW));
      try (Connection other = connect();
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        CountDownLatch refused = new CountDownLatch(1);
        Thread.ofVirtual()
            .start(() -> {
              assertThatThrownBy(() -> take(state, Calendar.DAY, "5"))
                  .isInstanceOf(StoreUnavailableException.class)
                  .hasMessageEndingWith("is busy: another process has held it for 1 s");
              refused.countDown();
            });
        Thread.ofVirtual().start(() -> state.grants().add(Samples.grant("second", NOW)));

        assertThat(state.grants().list()).hasSize(1);
        assertThat(refused.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(state.problem())
            .contains(
                folder.resolve("tollbar.db") + " is busy: another process has held it for 1 s");
        statement.execute("ROLLBACK");
      }
      Eventual.ly(() -> assertThat(take(state, Calendar.DAY, "5")).isTrue());
      Eventual.ly(() -> assertThat(state.problem()).isEmpty());
    }
  }

  @Test
  void aFileThatWasDamagedIsRefusedAndTheOneThatIsPutInItsPlaceIsUsed() throws Exception {
    Path file = folder.resolve("tollbar.db");
    Path good = folder.resolve("good.db");
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      state.grants().add(Samples.grant("laptop", NOW));
    }
    Files.copy(file, good);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 100; i < bytes.length; i++) {
      bytes[i] = (byte) 0xa5;
    }
    Files.write(file, bytes);
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      assertThatThrownBy(() -> take(state, Calendar.DAY, "5"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(file + " is damaged");
      assertThat(state.problem()).contains(file + " is damaged");

      Files.deleteIfExists(folder.resolve("tollbar.db-wal"));
      Files.deleteIfExists(folder.resolve("tollbar.db-shm"));
      Files.move(good, file, StandardCopyOption.REPLACE_EXISTING);
      Eventual.ly(() -> assertThat(take(state, Calendar.DAY, "5")).isTrue());
      assertThat(state.grants().list()).hasSize(1);
      Eventual.ly(() -> assertThat(state.problem()).isEmpty());
    }
  }

  /** Lets the file grow no more: what SQLite says then is what it says of a full disk. */
  private static final class Quota implements Database.Work<Boolean> {
    private final List<Connection> connections = new ArrayList<>();
    private int pages = 1_000_000;

    @Override
    public synchronized Boolean on(Connection connection) throws SQLException {
      connections.add(connection);
      Database.execute(connection, "PRAGMA max_page_count = " + pages);
      return true;
    }

    synchronized void pages(int most) throws SQLException {
      pages = most;
      for (Connection connection : connections) {
        if (!connection.isClosed()) {
          Database.execute(connection, "PRAGMA max_page_count = " + most);
        }
      }
    }
  }

  private static void fill(EmbeddedState state) {
    for (int i = 0; i < 1_000; i++) {
      state.approvals().open(Samples.question("question " + i, NOW), NOW);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tollbar.db"));
  }

  private static boolean take(EmbeddedState state, Window window, String max) {
    return state
        .counters("p", "/r", false)
        .take(
            new Limit(Optional.empty(), List.of("a"), "laptop", window, new BigDecimal(max)),
            BigDecimal.ONE)
        .admitted();
  }
}
