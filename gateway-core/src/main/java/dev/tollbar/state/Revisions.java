package dev.tollbar.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The history of documents: which revision came into force when, and what it said. As {@link
 * Approvals}: on disk before a method returns, shared by processes.
 */
public interface Revisions {

  /** How many times of coming into force are kept. What none of these was about is dropped. */
  int KEPT = 1_000;

  /** How a revision came into force. */
  enum How {
    /** A gateway started with it. */
    START,
    /** The document was changed. */
    CHANGE,
    /** The document was made again what it had been before. */
    RETURN
  }

  /**
   * A revision came into force.
   *
   * @param number counts up, over all documents of the store
   * @param file where its document lies
   */
  record InForce(long number, Instant at, String revision, String file, How how) {}

  /**
   * Keeps a revision, and that it comes into force. Has no effect if it is the last one of its file
   * already.
   *
   * @param start whether a gateway starts with it
   */
  void comesIntoForce(StoredRevision revision, Instant at, boolean start);

  /** All times a revision came into force, newest first. */
  List<InForce> history();

  Optional<StoredRevision> find(String id);
}
