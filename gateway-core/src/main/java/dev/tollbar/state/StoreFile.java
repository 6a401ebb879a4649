package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.sqlite.SQLiteConfig;

/**
 * The file of the embedded store as a whole, for operators: looked at, copied, put back, pruned. A
 * gateway may run meanwhile, but for {@link #restore}. What goes wrong with the file is a {@link
 * StoreUnavailableException}.
 */
public final class StoreFile {
  private static final String NAME = "tollbar.db";

  private final Path file;

  private StoreFile(Path file) {
    this.file = file;
  }

  public static StoreFile in(Path dataFolder) {
    return new StoreFile(dataFolder.resolve(NAME));
  }

  /**
   * What a file holds.
   *
   * @param bytes how large it is
   * @param logBytes how much is still in the write-ahead log beside it
   * @param openApprovals those that are neither used nor over
   * @param inForce how many times a revision came into force
   * @param overCounters those in which nothing counts any more
   * @param faults what a check of the whole file has found; empty if it is sound
   */
  public record Info(
      Path file,
      long bytes,
      long logBytes,
      long schema,
      long grants,
      long revokedGrants,
      long approvals,
      long openApprovals,
      long revisions,
      long inForce,
      long counters,
      long overCounters,
      List<String> faults) {
    public Info {
      faults = List.copyOf(faults);
    }
  }

  /** How many rows were dropped. */
  public record Pruned(long approvals, long counters, long revisions) {}

  public Path file() {
    return file;
  }

  public boolean exists() {
    return Files.exists(file);
  }

  /** Looks at everything, and checks the whole file: a second for each few hundred megabytes. */
  public Info info(Instant now) throws IOException {
    long bytes = Files.size(file);
    Path log = beside("-wal");
    long logBytes = Files.exists(log) ? Files.size(log) : 0;
    try (Database database = new Database(Objects.requireNonNull(file.getParent()))) {
      return database.read(
          new Info(file, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of()),
          c ->
              new Info(
                  file,
                  bytes,
                  logBytes,
                  Database.number(c, "PRAGMA user_version"),
                  Database.number(c, "SELECT count(*) FROM grants"),
                  Database.number(c, "SELECT count(*) FROM grants WHERE revoked IS NOT NULL"),
                  Database.number(c, "SELECT count(*) FROM approvals"),
                  number(
                      c,
                      """
                      SELECT count(*) FROM approvals
                      WHERE used IS NULL AND withdrawn IS NULL AND expires > ?
                      """,
                      now),
                  Database.number(c, "SELECT count(*) FROM revisions"),
                  Database.number(c, "SELECT count(*) FROM revisions_in_force"),
                  Database.number(c, "SELECT count(*) FROM counters"),
                  number(
                      c,
                      """
                      SELECT count(*) FROM counters c WHERE NOT EXISTS
                        (SELECT 1 FROM leases l WHERE l.counter = c.id AND l.until > ?)
                      """,
                      now),
                  faults(c)));
    }
  }

  /**
   * Writes a copy, as of one moment, and only its owner can read it.
   *
   * @param target must not exist
   */
  public void backup(Path target) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    Files.deleteIfExists(part);
    Link.create(part);
    boolean complete = false;
    try (Database database = new Database(Objects.requireNonNull(file.getParent()))) {
      database.read(
          false,
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
              statement.setString(1, part.toAbsolutePath().toString());
              statement.execute();
            }
            return true;
          });
      force(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(part);
      }
    }
  }

  /**
   * Puts a copy in the place of this file, whose contents stay beside it under another name. No
   * gateway may run.
   *
   * @return where the earlier contents are; the file itself if there were none
   */
  public Path restore(Path copy) throws IOException {
    validate(copy);
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Path fresh = beside(".restoring");
    Files.deleteIfExists(fresh);
    Link.create(fresh);
    try (OutputStream out = Files.newOutputStream(fresh)) {
      Files.copy(copy, out);
    }
    force(fresh);
    Path before = file;
    if (exists()) {
      before = free(folder);
      empty();
      // Whatever happens from here on, one of the two is there.
      Files.createLink(before, file);
      Path log = beside("-wal");
      if (Files.exists(log) && Files.size(log) > 0) {
        Files.move(log, before.resolveSibling(before.getFileName() + "-wal"));
      }
      Files.deleteIfExists(log);
      Files.deleteIfExists(beside("-shm"));
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return before;
  }

  /**
   * Drops what is of no use any more: approvals a day after their end, counters in which nothing
   * counts, and old times of coming into force.
   *
   * @param keptRevisions how many times of coming into force are kept
   */
  public Pruned prune(Instant now, int keptRevisions) {
    try (Database database = new Database(Objects.requireNonNull(file.getParent()))) {
      return database.change(
          new Pruned(0, 0, 0),
          c -> {
            long approvals = Database.number(c, "SELECT count(*) FROM approvals");
            ApprovalTable.prune(c, now);
            approvals -= Database.number(c, "SELECT count(*) FROM approvals");
            long counters = Database.number(c, "SELECT count(*) FROM counters");
            LeaseTable.prune(c, now, Integer.MAX_VALUE);
            counters -= Database.number(c, "SELECT count(*) FROM counters");
            long revisions = Database.number(c, "SELECT count(*) FROM revisions");
            RevisionTable.prune(c, keptRevisions);
            revisions -= Database.number(c, "SELECT count(*) FROM revisions");
            return new Pruned(approvals, counters, revisions);
          });
    }
  }

  /** That it is a sound store of this Tollbar or an older one. */
  private static void validate(Path copy) {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection connection = config.createConnection("jdbc:sqlite:" + copy.toAbsolutePath())) {
      if (Database.number(connection, "PRAGMA user_version") == 0) {
        throw new StoreUnavailableException(
            copy + " is not a Tollbar store: some other program has made it");
      }
      Schema.isBehind(connection, copy);
      List<String> faults = faults(connection);
      if (!faults.isEmpty()) {
        throw new StoreUnavailableException(copy + " is damaged: " + faults.getFirst());
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException(copy + " " + Link.explanation(e, Duration.ZERO), e);
    }
  }

  private static List<String> faults(Connection connection) throws SQLException {
    List<String> faults = new ArrayList<>();
    for (String check : List.of("PRAGMA integrity_check(10)", "PRAGMA foreign_key_check")) {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(check)) {
        while (row.next()) {
          String line = String.valueOf(row.getString(1));
          if (!line.equals("ok")) {
            faults.add(line.lines().findFirst().orElse(line));
          }
        }
      }
    }
    return faults;
  }

  private static long number(Connection connection, String sql, Instant now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, now.toEpochMilli());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /** Brings what is in the log into the file; one that is damaged stays as it is. */
  private void empty() {
    try (Database database = new Database(Objects.requireNonNull(file.getParent()))) {
      database.read(
          0L, connection -> Database.number(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
    } catch (StoreUnavailableException e) {
      // It is replaced, and kept with its log.
    }
  }

  private Path beside(String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private Path free(Path folder) {
    Path free = folder.resolve(NAME + ".before-restore");
    for (int i = 2; Files.exists(free); i++) {
      free = folder.resolve(NAME + ".before-restore-" + i);
    }
    return free;
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
