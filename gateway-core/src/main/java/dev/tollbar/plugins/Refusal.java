package dev.tollbar.plugins;

/** Why a jar is not taken: one line for the person who put it into the folder. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String why) {
    super(why);
  }

  Refusal(String why, Throwable cause) {
    super(why, cause);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
