package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strict reader against a second parser, on random documents and on damaged ones. */
class StrictReaderPropertyTest {
  private static final int DOCUMENTS = 4000;
  private static final Set<Fault> BOUNDS =
      Set.of(Fault.TOO_DEEP, Fault.NUMBER_TOO_LONG, Fault.LONE_SURROGATE, Fault.BYTE_ORDER_MARK);
  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** What the second parser reads; empty if it refuses. */
  private static Optional<JsonNode> second(byte[] bytes) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode node = JACKSON.readTree(text);
      return node.isMissingNode() ? Optional.empty() : Optional.of(node);
    } catch (CharacterCodingException | JsonProcessingException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void readsWhatASecondParserReads(long seed) throws Exception {
    RandomJson random = new RandomJson(new Random(seed));
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] bytes = random.document();
      JsonNode read = new StrictReader(bytes, 64).document(Level.FREE);
      assertThat(second(bytes)).as(() -> new String(bytes, UTF_8)).contains(read);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void judgesDamageAsASecondParserDoes(long seed) {
    RandomJson random = new RandomJson(new Random(seed));
    int refused = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] bytes = random.damaged(random.document());
      Optional<JsonNode> second = second(bytes);
      try {
        StrictReader reader = new StrictReader(bytes, 64);
        JsonNode read = reader.document(Level.FREE);
        reader.refuseAmbiguity(Optional.empty());
        assertThat(second).as(() -> new String(bytes, UTF_8)).contains(read);
      } catch (MalformedMessageException e) {
        refused++;
        if (!BOUNDS.contains(e.fault())) {
          assertThat(second).as(() -> e.getMessage() + new String(bytes, UTF_8)).isEmpty();
        }
      }
    }
    assertThat(refused).isBetween(DOCUMENTS / 10, DOCUMENTS - DOCUMENTS / 100);
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8, 9})
  void refusesDamagedMessagesOnlyAsMalformed(long seed) {
    RandomJson random = new RandomJson(new Random(seed));
    int accepted = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] bytes = random.damaged(random.message());
      try {
        Message message = StrictParser.parse(bytes);
        accepted++;
        assertThat(second(bytes).map(it -> it.path("method").asText()))
            .as(() -> new String(bytes, UTF_8))
            .contains(message.method());
      } catch (MalformedMessageException e) {
        assertThat(e.code()).isIn(-32700, -32600, -32602);
      }
    }
    assertThat(accepted).isBetween(DOCUMENTS / 100, DOCUMENTS - DOCUMENTS / 10);
  }
}
