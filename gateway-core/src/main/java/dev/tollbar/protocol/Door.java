package dev.tollbar.protocol;

/** What is decided on a message before it may pass. */
public enum Door {
  /** Nothing: it is relayed as it is, within its session. */
  RELAY,
  /** Answered by the gateway, not forwarded. */
  LOCAL,
  /** Revision and capabilities are negotiated. */
  INITIALIZE,
  /** Versions and capabilities are told, without a session: {@code server/discover}. */
  DISCOVER,
  /** A stream of notifications is opened; each resource in it is a {@link Target#listen}. */
  LISTEN,
  /** A request in flight is cancelled: only its owner may, {@code params.requestId}. */
  CANCEL,
  /** {@link ToolCall}. */
  TOOL_CALL,
  /** {@link Target#prompt}. */
  PROMPT_GET,
  /** Reading, subscribing, unsubscribing: {@link Target#resource}. */
  RESOURCE_READ,
  /** By its reference: {@link Target#completion}. */
  COMPLETION,
  /** The reply is filtered, as are those of the next four: {@link ListFilter}. */
  LIST_TOOLS,
  LIST_PROMPTS,
  LIST_RESOURCES,
  LIST_TEMPLATES,
  LIST_TASKS,
  /** A task: only for whoever began it, {@link Target#task}. */
  TASK,
  /** Of a server: the policy's {@code server_requests}, as are the next two. */
  SAMPLING,
  ELICITATION,
  ROOTS
}
