package dev.tollbar.api;

import java.io.PrintWriter;
import java.util.List;

/**
 * A command of the command line that belongs to a rule kind: {@code tollbar NAME ARGUMENTS…}, where
 * the name is the kind's. For those who write what the kind reads; no gateway runs beside it, and
 * the process ends with it.
 */
public interface KindCommand {

  /** It did what it was asked. */
  int DONE = 0;

  /** What was looked at is not as it should be. */
  int FAILED = 1;

  /** It was asked for something that makes no sense; {@code err} says what, one line a problem. */
  int BAD_INPUT = 2;

  /**
   * Does it. Called once, with the class loader of the plugin as the thread's own.
   *
   * @param arguments what stands behind the name, without the options that all commands have; empty
   *     if there is nothing, which is for saying how the command is used
   * @param out what was asked for; flushed by the caller
   * @param err what is wrong
   * @return {@link #DONE}, {@link #FAILED} or {@link #BAD_INPUT}: the exit code of the process
   */
  int run(List<String> arguments, PrintWriter out, PrintWriter err) throws InterruptedException;
}
