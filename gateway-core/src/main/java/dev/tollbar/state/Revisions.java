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
    RETURN,
    /** The document is the same, and its plugins are others. */
    PLUGINS
  }

  /**
   * A revision came into force.
   *
   * @param number counts up, over all documents of the store
   * @param file where its document lies
   * @param plugins what it ran with; empty where an older Tollbar has kept it
   */
  record InForce(
      long number,
      Instant at,
      String revision,
      String file,
      How how,
      Optional<PluginSet> plugins) {}

  /**
   * Keeps a revision, and that it comes into force with these plugins. Has no effect if the last
   * one of its file is the same, with the same plugins.
   *
   * @param start whether a gateway starts with it
   */
  void comesIntoForce(StoredRevision revision, PluginSet plugins, Instant at, boolean start);

  /** All times a revision came into force, newest first. */
  List<InForce> history();

  Optional<StoredRevision> find(String id);
}
