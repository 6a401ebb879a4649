package dev.tollbar.policy;

/** Whether arguments are checked against the tool's input schema before any rule. */
public enum ArgumentValidation {
  NEVER,
  /** What cannot be checked passes on to the rules. */
  WHERE_KNOWN,
  /** What cannot be checked is denied. */
  ALWAYS
}
