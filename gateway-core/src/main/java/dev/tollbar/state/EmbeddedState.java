package dev.tollbar.state;

import dev.tollbar.api.Counters;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The state of a gateway by itself: counters in memory; approvals, grants and the history in the
 * file {@code tollbar.db} of the data folder, which several processes may share. The file and its
 * folder are made when something is first written, readable by their owner alone; until then
 * nothing is touched.
 */
public final class EmbeddedState implements State {
  private final CounterTable counters;
  private final Database database;
  private final Approvals approvals;
  private final Deliveries deliveries;
  private final Grants grants;
  private final Revisions revisions;

  private EmbeddedState(Path dataFolder, InstantSource clock) {
    counters = CounterTable.fitting(Runtime.getRuntime().maxMemory(), clock);
    database = new Database(dataFolder);
    approvals = new ApprovalTable(database);
    deliveries = new DeliveryTable(database);
    grants = new GrantTable(database);
    revisions = new RevisionTable(database, Revisions.KEPT);
  }

  /**
   * The state in a data folder. Does no I/O: a store that cannot be used shows at the first call
   * that needs it, as a {@link dev.tollbar.api.StoreUnavailableException}.
   *
   * @param clock what counters count by
   */
  public static EmbeddedState open(Path dataFolder, InstantSource clock) {
    return new EmbeddedState(dataFolder, clock);
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

  /** Closes the file. Counters go on counting; all else throws from then on. */
  @Override
  public void close() {
    database.close();
  }
}
