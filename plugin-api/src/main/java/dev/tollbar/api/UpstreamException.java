package dev.tollbar.api;

/** A server gave no usable reply. */
public final class UpstreamException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What happened, as far as the gateway acts on it. */
  public enum Reason {
    /** The server could not be reached: nothing was delivered. */
    UNREACHABLE,
    /** The connection or process ended before the reply was complete. */
    BROKEN,
    /** The server was silent for longer than its timeout. */
    TIMEOUT,
    /** The server does not know the session any more. */
    SESSION_LOST,
    /** The server answered, and refused: see {@link #status()}. */
    REFUSED,
    /** The server answered something that is not MCP. */
    MALFORMED,
    /** The gateway's own bound on this transport is reached: processes, connections. */
    EXHAUSTED
  }

  private final Reason reason;
  private final boolean delivered;
  private final int status;

  /**
   * Says what went wrong with one message.
   *
   * @param reason what happened
   * @param delivered whether the message may have reached the server; false only if it provably did
   *     not
   * @param status the HTTP status; 0 where there was none
   * @param message for logs and operators: one line, no secrets. Agents are not shown it
   */
  public UpstreamException(Reason reason, boolean delivered, int status, String message) {
    super(message);
    this.reason = reason;
    this.delivered = delivered;
    this.status = status;
  }

  /** What happened. */
  public Reason reason() {
    return reason;
  }

  /**
   * Whether the message may have reached the server: then it is not sent again, and what it used up
   * is given back only as {@link Outcome.TransportFailed}.
   */
  public boolean delivered() {
    return delivered;
  }

  /** The HTTP status that the server answered with; 0 where there was none. */
  public int status() {
    return status;
  }
}
