package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A call as rules see it. */
record PendingCall(
    String grant,
    Map<String, String> labels,
    String server,
    String policy,
    Optional<String> session,
    String protocolRevision,
    String method,
    Tool tool,
    ObjectNode arguments,
    Instant time,
    boolean continued,
    DebugLines lines)
    implements Call {

  /** The same as a later round of a call that was counted. */
  PendingCall asContinued() {
    return new PendingCall(
        grant,
        labels,
        server,
        policy,
        session,
        protocolRevision,
        method,
        tool,
        arguments,
        time,
        true,
        lines);
  }

  @Override
  public void debug(String line) {
    lines.add(line);
  }
}
