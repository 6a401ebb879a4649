package dev.tollbar.state;

import dev.tollbar.api.Counters;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The state of a gateway by itself: short counters in memory; counters of an hour and more,
 * approvals, grants and the history in the file {@code tollbar.db} of the data folder, which
 * several processes may share. The file and its folder are made when something is first written,
 * readable by their owner alone; until then nothing is touched.
 */
public final class EmbeddedState implements State {
  private static final Duration COUNTERS_BUSY = Duration.ofSeconds(1);

  private final CounterTable counters;
  private final Leases leases;
  private final LeaseTable leaseTable;
  private final Database database;
  private final Approvals approvals;
  private final Deliveries deliveries;
  private final Grants grants;
  private final Revisions revisions;
  private final AdminTokens adminTokens;

  private EmbeddedState(Path dataFolder, InstantSource clock, Database.Work<Boolean> opening) {
    database = new Database(dataFolder, opening);
    leaseTable = new LeaseTable(database.link(COUNTERS_BUSY));
    // Above zero, and nobody else's: which process this is.
    long process = 1 + (new SecureRandom().nextLong() >>> 1) % Long.MAX_VALUE;
    leases = new Leases(leaseTable, clock, process, Leases.Times.standard());
    counters = CounterTable.fitting(Runtime.getRuntime().maxMemory(), clock, Optional.of(leases));
    approvals = new ApprovalTable(database);
    deliveries = new DeliveryTable(database);
    grants = new GrantTable(database);
    revisions = new RevisionTable(database, Revisions.KEPT);
    adminTokens = new AdminTokenTable(database);
  }

  /**
   * The state in a data folder. Does no I/O: a store that cannot be used shows at the first call
   * that needs it, as a {@link dev.tollbar.api.StoreUnavailableException}.
   *
   * @param clock what counters count by
   */
  public static EmbeddedState open(Path dataFolder, InstantSource clock) {
    return open(dataFolder, clock, _ -> true);
  }

  static EmbeddedState open(Path dataFolder, InstantSource clock, Database.Work<Boolean> opening) {
    return new EmbeddedState(dataFolder, clock, opening);
  }

  @Override
  public Counters counters(String policy, String owner, boolean shadow) {
    return counters.of(policy, owner, shadow);
  }

  @Override
  public Approvals approvals() {
    return approvals;
  }

  @Override
  public Deliveries deliveries() {
    return deliveries;
  }

  @Override
  public Grants grants() {
    return grants;
  }

  @Override
  public Revisions revisions() {
    return revisions;
  }

  @Override
  public AdminTokens adminTokens() {
    return adminTokens;
  }

  @Override
  public void prepare() {
    leases.prepare();
  }

  @Override
  public Optional<String> problem() {
    return database.problem();
  }

  @Override
  public void whenProblemChanges(Consumer<Optional<String>> told) {
    database.whenProblemChanges(told);
  }

  /**
   * Gives back what counters have leased, and closes the file. Short counters go on counting; all
   * else throws from then on.
   */
  @Override
  public void close() {
    leases.close();
    leaseTable.close();
    database.close();
  }
}
