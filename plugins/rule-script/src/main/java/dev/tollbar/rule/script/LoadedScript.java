package dev.tollbar.rule.script;

import dev.tollbar.api.Call;

/** A script that can be called, wherever it runs. Used by many threads at once. */
interface LoadedScript extends AutoCloseable {

  /**
   * What the script says to a call, as {@link Answer} reads it. Blocks until it has ended or is
   * stopped.
   *
   * @param notes filled with what else is learnt, also when this fails
   * @throws ScriptFailure if there is no answer
   */
  String call(Call call, Notes notes) throws ScriptFailure, InterruptedException;

  /** Frees what it holds. No call is in it. */
  @Override
  void close();
}
