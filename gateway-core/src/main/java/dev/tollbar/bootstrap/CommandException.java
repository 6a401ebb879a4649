package dev.tollbar.bootstrap;

/**
 * A command cannot go on, for a reason that the user can mend. The message is all that is shown.
 */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What the user gave cannot be used. */
  static CommandException badInput(String message) {
    return new CommandException(Main.BAD_INPUT, message);
  }

  /** It was right, and could not be done. */
  static CommandException failed(String message) {
    return new CommandException(Main.FAILED, message);
  }

  int exitCode() {
    return exitCode;
  }
}
