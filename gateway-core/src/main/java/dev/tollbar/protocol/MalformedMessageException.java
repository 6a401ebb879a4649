package dev.tollbar.protocol;

import dev.tollbar.api.MessageId;
import java.util.Optional;

/** A message that must go nowhere. The exception message is fit for whoever sent it. */
public final class MalformedMessageException extends Exception {
  private final Fault fault;
  private final transient Optional<MessageId> id;

  /**
   * A fault of the message as a whole.
   *
   * @param id the id that the error reply repeats, where it could be read with certainty
   */
  public MalformedMessageException(Fault fault, Optional<MessageId> id) {
    this(fault, fault.text() + ".", id);
  }

  /**
   * A fault at one place.
   *
   * @param at the byte at which the fault was noticed
   */
  MalformedMessageException(Fault fault, int at, Optional<MessageId> id) {
    this(fault, fault.text() + " (at byte " + at + ").", id);
  }

  private MalformedMessageException(Fault fault, String message, Optional<MessageId> id) {
    // No stack trace: whoever sends garbage must not make it dear.
    super(message, null, false, false);
    this.fault = fault;
    this.id = id;
  }

  public Fault fault() {
    return fault;
  }

  /** The JSON-RPC error code. */
  public int code() {
    return fault.code();
  }

  /** The id of the request, where it could be read with certainty. */
  public Optional<MessageId> id() {
    return id;
  }
}
