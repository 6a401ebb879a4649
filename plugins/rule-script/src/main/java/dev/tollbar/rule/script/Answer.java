package dev.tollbar.rule.script;

import dev.tollbar.api.Verdict;

/**
 * Reads what {@code sandbox.js} says of a script's result: a letter, and what belongs to it. {@code
 * p} permits, {@code d} denies with the reason behind it, {@code a} asks with the options behind
 * it, which {@link Asking} reads, {@code u} is a result of no use, with its type.
 */
final class Answer {
  private static final String NO_REASON = "The script of this rule denies the call.";
  private static final int LONGEST_REASON = 1000;

  private Answer() {}

  static Verdict read(String text) throws ScriptFailure {
    String rest = text.substring(1);
    return switch (text.charAt(0)) {
      case 'p' -> Verdict.permit();
      case 'd' -> Verdict.deny(rest.isBlank() ? NO_REASON : cut(rest));
      case 'a' -> Verdict.ask(Asking.question(rest));
      default ->
          throw new ScriptFailure(ScriptFailure.Kind.UNUSABLE, "it returned " + describe(rest));
    };
  }

  private static String describe(String type) {
    return switch (type) {
      case "undefined", "null" -> type;
      case "array", "object" -> "an " + type;
      default -> "a " + type;
    };
  }

  private static String cut(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
  }
}
