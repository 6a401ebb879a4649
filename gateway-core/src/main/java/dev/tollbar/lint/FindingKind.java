package dev.tollbar.lint;

/** What can be found, each with its cause and its cure. The codes are for scripts, and stable. */
public enum FindingKind {
  DENY_IF_BYPASS(
      "deny-if-bypass",
      "A deny_if compares an argument that a call may leave out. A comparison with nothing does not"
          + " hold, so that such a call passes.",
      "Add a require that the argument exists."),
  REQUIRE_BYPASS(
      "require-bypass",
      "A require says what an argument must not be, and a call may leave it out. What is not there is"
          + " not that, so that such a call passes.",
      "Add a condition that the argument exists."),
  UNANCHORED_REGEX(
      "unanchored-regex",
      "A require looks for its pattern anywhere in the text, so that what is around it is free.",
      "Write ^(?:…)$ around the pattern."),
  SELECTOR_FOR_NOTHING(
      "selector-for-nothing",
      "An entry is for what no server has: a pattern of another language, a space, a pattern in"
          + " version 1, an annotation that the protocol does not have.",
      "Correct the selector."),
  UNREACHABLE_RULE(
      "unreachable-rule",
      "No call reaches the rule: the tool is hidden or not listed, every call is denied before it,"
          + " or an earlier rule says the same.",
      "Remove the rule, or what stands before it."),
  LIMIT_NEVER_CONSULTED(
      "limit-never-consulted",
      "The limit never counts a call, as every call that it is for is denied.",
      "Remove the limit, or the rule that denies."),
  COUNTED_TWICE(
      "counted-twice",
      "Two limits that are for the same calls share one counter, so that each call counts twice.",
      "Give one of them another counter, or remove it."),
  CONTRADICTION(
      "contradiction",
      "No value is what the conditions of a rule ask of it together: a require denies every call, a"
          + " deny_if only what it cannot judge.",
      "Correct the conditions; for either of them write any, or two rules."),
  STAR_UNDER_DEFAULT_DENY(
      "star-under-default-deny",
      "The entry \"*\" lists everything, so that default: deny refuses nothing. In version 1 it is"
          + " the name of a tool.",
      "Name what is meant; rules for every tool stand in all_tools."),
  SESSION_SCOPE(
      "session-scope",
      "The limit counts by session, and a client that connects again begins with a fresh one.",
      "Count by grant."),
  PLAIN_SECRET(
      "plain-secret",
      "A secret stands in the document, and so in its history and in every copy.",
      "Write { env: NAME } or { file: path }."),
  DESTRUCTIVE_WITHOUT_RULE(
      "destructive-without-rule",
      "A tool that destroys is allowed without any rule.",
      "Add a rule, such as approval or limits, or deny the tool."),
  UNKNOWN_TOOL(
      "unknown-tool",
      "An entry is for a tool that the server does not have. Only with --server-tools.",
      "Correct the name, or remove the entry."),
  UNKNOWN_ARGUMENT(
      "unknown-argument",
      "A rule looks at an argument that the tool does not have. Only with --server-tools.",
      "Correct the path."),
  SERVER_UNREACHABLE(
      "server-unreachable",
      "A server did not say which tools it has, so that what the document says of them was not"
          + " checked. Only with --server-tools.",
      "Start the server, or correct how it is reached.");

  private final String code;
  private final String cause;
  private final String cure;

  FindingKind(String code, String cause, String cure) {
    this.code = code;
    this.cause = cause;
    this.cure = cure;
  }

  public String code() {
    return code;
  }

  public String cause() {
    return cause;
  }

  public String cure() {
    return cure;
  }
}
