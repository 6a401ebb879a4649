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
   * @param schema of the file, which an older Tollbar may have made
   * @param newestSchema of this Tollbar
   * @param openApprovals those that are neither used nor over
   * @param inForce how many times a revision came into force
   * @param pluginSets how many different sets of plugins revisions ran with
   * @param overCounters those in which nothing counts any more
   * @param faults what a check of the whole file has found; empty if it is sound
   */
  public record Info(
      Path file,
      long bytes,
      long logBytes,
      long schema,
      long newestSchema,
      long grants,
      long revokedGrants,
      long approvals,
      long openApprovals,
      long revisions,
      long inForce,
      long pluginSets,
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

  /**
   * Looks at everything, and checks the whole file: a second for each few hundred megabytes. An
   * older Tollbar's file stays as it is.
   */
  public Info info(Instant now) throws IOException {
    long bytes = Files.size(file);
    Path log = beside("-wal");
    long logBytes = Files.exists(log) ? Files.size(log) : 0;
    try (Database database = Database.asItIs(Objects.requireNonNull(file.getParent()))) {
      return database.read(
          new Info(file, 0, 0, 0, Schema.VERSION, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of()),
          c -> {
            Counts counts = new Counts(c, now);
            return new Info(
                file,
                bytes,
                logBytes,
                counts.schema,
                Schema.VERSION,
                counts.since(1, "grants"),
                counts.since(1, "grants WHERE revoked IS NOT NULL"),
                counts.since(1, "approvals"),
                counts.schema < 4
                    ? counts.since(1, "approvals WHERE used IS NULL AND expires > ?")
                    : counts.since(
                        4, "approvals WHERE used IS NULL AND withdrawn IS NULL AND expires > ?"),
                counts.since(2, "revisions"),
                counts.since(2, "revisions_in_force"),
                counts.since(
                    8,
                    "(SELECT DISTINCT plugin_set FROM revisions_in_force"
                        + " WHERE plugin_set IS NOT NULL)"),
                counts.since(3, "counters"),
                counts.since(
                    3,
                    """
                    counters c WHERE NOT EXISTS
                      (SELECT 1 FROM leases l WHERE l.counter = c.id AND l.until > ?)
                    """),
                faults(c));
          });
    }
  }

  /** Counts rows of a file that may not have all tables yet. */
  private record Counts(Connection connection, Instant now, long schema) {
    Counts(Connection connection, Instant now) throws SQLException {
      this(connection, now, Database.number(connection, "PRAGMA user_version"));
    }

    /**
     * How many there are; none in a file of before that schema.
     *
     * @param rows a table, maybe with a condition, in which a question mark is the time
     */
    long since(int version, String rows) throws SQLException {
      String sql = "SELECT count(*) FROM " + rows;
      if (schema < version) {
        return 0;
      }
      return rows.contains("?") ? number(connection, sql, now) : Database.number(connection, sql);
    }
  }

  /**
   * Writes a copy, as of one moment, and only its owner can read it. An older Tollbar's file stays
   * as it is, and its copy is one of that Tollbar.
   *
   * @param target must not exist
   */
  public void backup(Path target) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    Files.deleteIfExists(part);
    Link.create(part);
    boolean complete = false;
    try (Database database = Database.asItIs(Objects.requireNonNull(file.getParent()))) {
      database.read(
          false,
          connection -> {
            if (Database.number(connection, "PRAGMA user_version") == 0) {
              throw new StoreUnavailableException(file + " is empty: nothing is stored yet");
            }
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
    try (Database database = Database.asItIs(Objects.requireNonNull(file.getParent()))) {
      return database.change(
          new Pruned(0, 0, 0),
          c -> {
            long schema = Database.number(c, "PRAGMA user_version");
            if (schema < Schema.VERSION) {
              throw new StoreUnavailableException(
                  "%s was written by an older Tollbar: it has schema %d, this one has %d; a gateway of this version brings it up to date"
                      .formatted(file, schema, Schema.VERSION));
            }
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
      throw new StoreUnavailableException(copy + " " + Link.explanation(copy, e, Duration.ZERO), e);
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
    try (Database database = Database.asItIs(Objects.requireNonNull(file.getParent()))) {
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
