package dev.tollbar.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A call as it is, for those that add something to it. */
abstract class SameCall implements Call {
  private final Call call;

  SameCall(Call call) {
    this.call = call;
  }

  /** Without what is added. */
  final Call call() {
    return call;
  }

  @Override
  public String grant() {
    return call.grant();
  }

  @Override
  public Map<String, String> labels() {
    return call.labels();
  }

  @Override
  public String server() {
    return call.server();
  }

  @Override
  public String policy() {
    return call.policy();
  }

  @Override
  public Optional<String> session() {
    return call.session();
  }

  @Override
  public String protocolRevision() {
    return call.protocolRevision();
  }

  @Override
  public String method() {
    return call.method();
  }

  @Override
  public Tool tool() {
    return call.tool();
  }

  @Override
  public ObjectNode arguments() {
    return call.arguments();
  }

  @Override
  public Instant time() {
    return call.time();
  }

  @Override
  public boolean continued() {
    return call.continued();
  }

  @Override
  public void debug(String line) {
    call.debug(line);
  }
}
