package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** Approvals as commands see them, as JSON: in a data folder, or at a running gateway. */
interface ApprovalsDesk extends AutoCloseable {

  /** Newest first. */
  List<JsonNode> list() throws CommandException, InterruptedException;

  /** With what it is compared with, and its messages. */
  JsonNode show(String id) throws CommandException, InterruptedException;

  /**
   * Stores an answer.
   *
   * @param by who decides, if that is not known otherwise
   * @return the approval as it is then
   */
  JsonNode decide(String id, boolean approve, Optional<String> by, String comment)
      throws CommandException, InterruptedException;

  List<JsonNode> dead() throws CommandException, InterruptedException;

  void redeliver(String id) throws CommandException, InterruptedException;

  /** How many there were, of one approval or of all. */
  int dismiss(Optional<String> id) throws CommandException, InterruptedException;

  /** Is told of approvals, oldest first. */
  @FunctionalInterface
  interface Hearer {
    /**
     * Hears some.
     *
     * @param all whether these are all of them, and not only some that may have changed
     * @return false to hear no more
     */
    boolean hear(List<JsonNode> approvals, boolean all);
  }

  /** Tells all approvals, and then those that may have changed. */
  void follow(Hearer hearer) throws CommandException, InterruptedException;

  @Override
  void close();
}
