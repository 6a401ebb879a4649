package dev.tollbar.rule.limits;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

record FakeCall(
    String grant, String server, Optional<String> session, ObjectNode arguments, boolean continued)
    implements Call {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  static FakeCall with(String arguments) {
    try {
      return new FakeCall(
          "laptop", "tickets", Optional.empty(), (ObjectNode) JSON.readTree(arguments), false);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  FakeCall by(String otherGrant) {
    return new FakeCall(otherGrant, server, session, arguments, continued);
  }

  FakeCall on(String otherServer) {
    return new FakeCall(grant, otherServer, session, arguments, continued);
  }

  FakeCall in(String otherSession) {
    return new FakeCall(grant, server, Optional.of(otherSession), arguments, continued);
  }

  /** A later round of a call that was counted. */
  FakeCall again() {
    return new FakeCall(grant, server, session, arguments, true);
  }

  @Override
  public Map<String, String> labels() {
    return Map.of();
  }

  @Override
  public String policy() {
    return "tickets";
  }

  @Override
  public String protocolRevision() {
    return "2025-11-25";
  }

  @Override
  public String method() {
    return "tools/call";
  }

  @Override
  public Tool tool() {
    return Tool.named("pay");
  }

  @Override
  public Instant time() {
    return Instant.EPOCH;
  }
}
