package dev.tollbar.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The log of decisions: {@code decisions.jsonl} in the data folder, one JSON object a line, for its
 * owner only. Several processes may share the file.
 *
 * <p>A record is taken into memory and written by one thread, usually within a millisecond; from
 * then on it survives the end of the process, and after the sync interval the end of the machine.
 * Nothing is dropped: a caller that finds no place is told so, and must deny.
 *
 * <p>Safe for use by many threads.
 */
public final class DecisionLog implements AutoCloseable {
  /** What is refused for want of room is as bounded as strangers are: it is a flood as well. */
  private static final String OVERLOADED = "overloaded";

  /**
   * How the log works.
   *
   * @param places how many records may wait to be written
   * @param sync how long written records may lie in the system's memory before they are forced to
   *     disk
   * @param patience how long a caller waits for a place
   * @param retry how long after a failure writing is tried again
   */
  public record Settings(int places, Duration sync, Duration patience, Duration retry) {
    public static Settings defaults() {
      return new Settings(
          8192, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    public Settings withSync(Duration interval) {
      return new Settings(places, interval, patience, retry);
    }
  }

  /**
   * What may change while the log is open.
   *
   * @param waits whether a caller that finds no place waits for one; else it is refused at once
   */
  public record Terms(Rotation rotation, boolean waits) {
    public static final Terms DEFAULT = new Terms(Rotation.DEFAULT, true);
  }

  /** A place in the log that is kept for one record. */
  public final class Slot implements AutoCloseable {
    private final AtomicBoolean spent = new AtomicBoolean();

    private Slot() {}

    /** Takes the record. Neither blocks nor fails; once. */
    public void write(DecisionRecord record) {
      take();
      writer.add(record);
    }

    /**
     * Takes the record, and returns when it is in the file: from then on it survives the end of the
     * process. If that takes longer than {@link Settings#patience()}, or nothing can be written
     * now, it returns all the same; the record is kept, and written as soon as that is possible.
     * Once.
     */
    public void writeThrough(DecisionRecord record) {
      take();
      writer.addThrough(record, settings.patience().toNanos());
    }

    /** As {@link #writeThrough(DecisionRecord)}, of what an operator did. Once. */
    public void writeThrough(AdminAction action) {
      take();
      writer.addThrough(action, settings.patience().toNanos());
    }

    private void take() {
      if (!spent.compareAndSet(false, true)) {
        throw new IllegalStateException("a slot takes one record");
      }
    }

    /** Gives the place back, if it was not used. Idempotent. */
    @Override
    public void close() {
      if (spent.compareAndSet(false, true)) {
        places.release();
      }
    }
  }

  private static final int STRANGERS = 10;

  private final Settings settings;
  private final Refusals refusals;
  private final Semaphore places;
  private final DecisionWriter writer;
  private final AtomicReference<Terms> terms;
  private volatile boolean closed;

  private DecisionLog(
      Settings settings,
      Refusals refusals,
      Semaphore places,
      DecisionWriter writer,
      AtomicReference<Terms> terms) {
    this.refusals = refusals;
    this.terms = terms;
    this.settings = settings;
    this.places = places;
    this.writer = writer;
  }

  /**
   * Opens the log, and makes its file if there is none.
   *
   * @throws IOException when the file cannot be written; the message is for the operator
   */
  public static DecisionLog open(Path dataFolder, Settings settings) throws IOException {
    return open(dataFolder, settings, Clock.systemUTC());
  }

  /** As {@link #open(Path, Settings)}, by another clock. */
  public static DecisionLog open(Path dataFolder, Settings settings, InstantSource clock)
      throws IOException {
    AtomicReference<Terms> terms = new AtomicReference<>(Terms.DEFAULT);
    DecisionFile file =
        DecisionFile.open(
            dataFolder,
            ChainKey.open(dataFolder, new SecureRandom()),
            clock,
            () -> terms.get().rotation(),
            settings.patience());
    Semaphore places = new Semaphore(settings.places());
    Refusals refusals = new Refusals(clock, STRANGERS);
    DecisionWriter writer = new DecisionWriter(file, places, settings, refusals);
    writer.start();
    return new DecisionLog(settings, refusals, places, writer, terms);
  }

  /** Changes the terms, from the next record on. */
  public void adjust(Terms changed) {
    terms.set(changed);
  }

  /**
   * Keeps a place for a record, so that a call is not forwarded that cannot be recorded. Waits for
   * one if the log is full.
   *
   * @throws RecordingException when there is no place in time, or records cannot be written now
   */
  public Slot claim() throws RecordingException, InterruptedException {
    Optional<String> problem = problem();
    if (problem.isPresent()) {
      throw new RecordingException(problem.get());
    }
    if (places.tryAcquire()) {
      return new Slot();
    }
    String full = settings.places() + " decision records wait to be written";
    if (!terms.get().waits()) {
      throw new RecordingException(problem().orElse(full));
    }
    if (!places.tryAcquire(settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new RecordingException(
          problem()
              .orElse(full + ", and none was within " + settings.patience().toMillis() + " ms"));
    }
    return new Slot();
  }

  /**
   * Records a refusal that nobody kept a place for. Neither waits nor fails. What strangers cause,
   * records without a grant, is bounded: {@value #STRANGERS} a second of each code are lines of
   * their own. The rest, and whatever finds no place, is counted, and a line of the log says how
   * many of which code there were, at most a second later, or when the log can be written again.
   */
  public void refused(DecisionRecord record) {
    String code = record.code().orElse("");
    boolean known = record.grant().isPresent() && !code.equals(OVERLOADED);
    boolean line = known || refusals.admits(code);
    if (line && problem().isEmpty() && places.tryAcquire()) {
      writer.add(record);
      return;
    }
    refusals.count(code, record.time());
    writer.wake();
  }

  /**
   * Records what must not wait for its line: an attempt that changed nothing, such as a login with
   * a wrong token, or the end of a session. Neither waits nor fails, and is bounded as {@link
   * #refused(DecisionRecord)} is.
   */
  public void refused(AdminAction action) {
    String code = "admin_" + action.action();
    boolean line = action.role().isPresent() || refusals.admits(code);
    if (line && problem().isEmpty() && places.tryAcquire()) {
      writer.add(action);
      return;
    }
    refusals.count(code, action.time());
    writer.wake();
  }

  /** {@link #claim()} and {@link Slot#write}. */
  public void append(DecisionRecord record) throws RecordingException, InterruptedException {
    claim().write(record);
  }

  /** Whether records can be written, as far as is known. */
  public boolean healthy() {
    return problem().isEmpty();
  }

  /** Why records cannot be written now, for operators. */
  public Optional<String> problem() {
    return closed ? Optional.of("the decision log is closed") : writer.problem();
  }

  /**
   * Writes what waits, forces it to disk and closes the file. Slots still held get their time to be
   * written: {@link Settings#patience()}.
   *
   * @throws IOException when records were lost because they could not be written; the message says
   *     how many
   */
  @Override
  public void close() throws IOException {
    closed = true;
    writer.finish();
  }
}
