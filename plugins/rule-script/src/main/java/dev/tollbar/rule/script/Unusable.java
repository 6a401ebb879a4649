package dev.tollbar.rule.script;

/** What is wrong with a script, as the rest of "found …". */
final class Unusable extends Exception {
  private static final long serialVersionUID = 1L;

  Unusable(String found) {
    super(found, null, false, false);
  }

  String found() {
    return String.valueOf(getMessage());
  }
}
