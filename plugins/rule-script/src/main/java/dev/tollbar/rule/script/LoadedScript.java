package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.util.Optional;

/** A script that can be called, wherever it runs. Used by many threads at once. */
interface LoadedScript extends AutoCloseable {

  /**
   * What the script says to a call, as {@link Answer} reads it. Blocks until it has ended or is
   * stopped.
   *
   * @param limits what is left of its limits; absent if no call of the script has read it so far
   * @param notes filled with what else is learnt, also when this fails
   * @throws ScriptFailure if there is no answer; of the kind {@link Kind#WANTS_LIMITS} if they were
   *     absent and the script read them
   */
  String call(Call call, Optional<JsonNode> limits, Notes notes)
      throws ScriptFailure, InterruptedException;

  /** Frees what it holds. No call is in it. */
  @Override
  void close();
}
