package dev.tollbar.pipeline;

import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.RecordingException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sees to it that one message leaves one decision record at most, and that no answer is given
 * before its record is in the file. For one thread.
 */
final class Recording implements AutoCloseable {
  private final DecisionLog log;
  private final Consumer<DecisionRecord> watcher;
  private final Trail trail;
  private Optional<DecisionLog.Slot> slot = Optional.empty();
  private boolean recorded;

  Recording(DecisionLog log, Consumer<DecisionRecord> watcher, Trail trail) {
    this.log = log;
    this.watcher = watcher;
    this.trail = trail;
    trail.recordedBy(this);
  }

  /**
   * Keeps a place for the record, before anything is decided.
   *
   * @throws RecordingException when there is none: the call must not happen
   */
  void claim() throws RecordingException, InterruptedException {
    slot = Optional.of(log.claim());
  }

  /** The client is about to be told. What happens after this is not in the record. */
  void answering() {
    record();
  }

  private void record() {
    if (recorded || !trail.isRequest()) {
      return;
    }
    recorded = true;
    DecisionRecord record = trail.finish();
    if (slot.isPresent()) {
      slot.get().writeThrough(record);
    } else {
      log.refused(record);
    }
    watcher.accept(record);
  }

  @Override
  public void close() {
    try {
      record();
    } finally {
      slot.ifPresent(DecisionLog.Slot::close);
    }
  }
}
