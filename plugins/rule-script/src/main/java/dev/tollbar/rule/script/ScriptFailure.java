package dev.tollbar.rule.script;

/** A script gave no verdict. */
final class ScriptFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, and what the agent is told: fixed texts, nothing of the script's own. */
  enum Kind {
    UNUSABLE("The script of this rule returned nothing usable."),
    THREW("The script of this rule failed."),
    TOO_LONG("The script of this rule took too long."),
    TOO_MUCH_MEMORY("The script of this rule used too much memory."),
    CRASHED("The script of this rule failed."),
    /** It read {@code call.limits}, which had not been looked up: it is run again with them. */
    WANTS_LIMITS("The script of this rule failed."),
    BUSY("The scripts of this gateway are too busy to decide. Try again later."),
    QUARANTINED("The script of this rule is in quarantine after failures."),
    SWITCHED_OFF("The scripts of this gateway are switched off after failures."),
    CLOSED("The script of this rule is not loaded any more. Try again.");

    private final String publicText;

    Kind(String publicText) {
      this.publicText = publicText;
    }

    String publicText() {
      return publicText;
    }
  }

  private final Kind kind;

  /**
   * @param detail for operators: one line
   */
  ScriptFailure(Kind kind, String detail) {
    // An agent can cause these at will: a stack trace would cost more than the call.
    super(detail, null, false, false);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Whether the script used up what a call may use, or broke what it runs in. */
  boolean runaway() {
    return kind == Kind.TOO_LONG || kind == Kind.TOO_MUCH_MEMORY || kind == Kind.CRASHED;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
