package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What came of one call.
 *
 * @param sent what the client sent
 * @param status the HTTP status; 0 if the client got none
 * @param reply what the client got; missing if it got nothing
 * @param records the decision records that it left
 * @param received the requests that the server got of it
 */
record Exchange(
    byte[] sent, int status, JsonNode reply, List<DecisionRecord> records, List<byte[]> received) {
  private static final String DENIAL = "dev.tollbar/denial";
  private static final ObjectMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  static JsonNode read(byte[] json) throws IOException {
    return json.length == 0 ? MissingNode.getInstance() : EXACT.readTree(json);
  }

  /** What the client is told of a denial by policy; missing if it was not denied so. */
  JsonNode denial() {
    JsonNode result = reply.path("result").path("_meta").path(DENIAL);
    return result.isObject() ? result : reply.path("error").path("data").path(DENIAL);
  }

  Expect.Decision decision() {
    if (denial().isObject()) {
      return denial().path("code").asText("").equals("approval_pending")
          ? Expect.Decision.PENDING
          : Expect.Decision.DENY;
    }
    boolean permitted =
        records.isEmpty()
            ? status < 400
            : records.getFirst().decision() == DecisionRecord.Decision.PERMIT;
    return permitted ? Expect.Decision.PERMIT : Expect.Decision.REFUSED;
  }

  /** Why it was not permitted: as the client is told, else as the record has it. */
  Optional<String> code() {
    return denial().isObject()
        ? Optional.of(denial().path("code").asText(""))
        : record().flatMap(DecisionRecord::code);
  }

  Optional<String> rule() {
    return Optional.ofNullable(denial().path("rule").textValue());
  }

  Optional<DecisionRecord> record() {
    return records.stream().findFirst();
  }

  /** What the agent reads. */
  String text() {
    JsonNode result = reply.path("result");
    return result.isMissingNode()
        ? reply.path("error").path("message").asText("")
        : result
            .path("content")
            .valueStream()
            .map(part -> part.path("text").asText(""))
            .collect(Collectors.joining("\n"));
  }

  boolean forwarded() {
    return !received.isEmpty();
  }

  /** In words, for messages. */
  String summary() {
    String said = text();
    return decision().name().toLowerCase(Locale.ROOT)
        + code().map(code -> ", " + code).orElse("")
        + rule().map(rule -> ", " + rule).orElse("")
        + (said.isEmpty() ? "" : ": " + Wording.quote(said));
  }
}
