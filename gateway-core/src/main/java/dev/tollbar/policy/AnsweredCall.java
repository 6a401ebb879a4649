package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;

/** A call together with its result, for conditions that look at both. */
final class AnsweredCall extends SameCall {
  private final JsonNode result;

  AnsweredCall(Call call, JsonNode result) {
    super(call);
    this.result = result;
  }

  JsonNode result() {
    return result;
  }
}
