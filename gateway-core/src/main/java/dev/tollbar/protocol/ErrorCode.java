package dev.tollbar.protocol;

/**
 * The JSON-RPC error codes that the gateway itself sends. Sources: JSON-RPC 2.0, section 5.1; MCP
 * 2025-11-25 and 2026-07-28. The range -32020 to -32099 belongs to MCP: no codes are invented
 * there.
 */
public final class ErrorCode {
  public static final int PARSE_ERROR = -32700;
  public static final int INVALID_REQUEST = -32600;
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL_ERROR = -32603;

  /** What MCP implementations say for a request that HTTP refuses. */
  public static final int BAD_REQUEST = -32000;

  /** What MCP implementations say for an unknown session. */
  public static final int SESSION_NOT_FOUND = -32001;

  /** Up to 2025-11-25. */
  public static final int RESOURCE_NOT_FOUND = -32002;

  /** In 2025-11-25 only: the user has to visit a URL first. */
  public static final int URL_ELICITATION_REQUIRED = -32042;

  /** What the server behind the gateway did not do, or not in time. */
  public static final int UPSTREAM_FAILED = -31003;

  /** The gateway, or what it has room for at a server, is full: try again soon. */
  public static final int OVERLOADED = -31004;

  /** Since 2026-07-28: headers and body of a request differ. */
  public static final int HEADER_MISMATCH = -32020;

  /** Since 2026-07-28: the request needs a capability that its client did not declare. */
  public static final int MISSING_CAPABILITY = -32021;

  /** Since 2026-07-28: the request names a revision that is not served. */
  public static final int UNSUPPORTED_REVISION = -32022;

  /**
   * What the client itself has cancelled; the code of the Language Server Protocol, outside MCP.
   */
  public static final int REQUEST_CANCELLED = -32800;

  /** Denied by policy, where the answer has no form for a tool error. */
  public static final int POLICY_DENIED = -31010;

  private ErrorCode() {}

  /** What a resource that is not there is called in a revision. */
  public static int resourceNotFound(Revision revision) {
    return revision.isModern() ? INVALID_PARAMS : RESOURCE_NOT_FOUND;
  }
}
