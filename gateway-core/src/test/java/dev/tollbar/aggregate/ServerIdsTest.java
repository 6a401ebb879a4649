package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.MessageId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of servers, there and back. */
class ServerIdsTest {

  @ParameterizedTest
  @ValueSource(strings = {"0", "-7", "123456789012345678901", "\"0\"", "\"a:b\\\"c\"", "\"é\""})
  void comesBackWithItsJsonType(String json) {
    MessageId id = new MessageId(json);

    String shown = ServerIds.shown("files", id).orElseThrow();

    assertThat(shown).startsWith("files:");
    assertThat(ServerIds.origin(MessageId.text(shown))).contains(new ServerIds.Origin("files", id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "\"7\"", "\"files:\"", "\"files:{}\"", "\":7\"", "\"files: 7\""})
  void knowsWhatItDidNotMake(String json) {
    assertThat(ServerIds.origin(new MessageId(json))).isEmpty();
  }

  @Test
  void isNotLongerThanWhatClientsMaySend() {
    assertThat(ServerIds.shown("files", MessageId.text("a".repeat(248)))).isPresent();
    assertThat(ServerIds.shown("files", MessageId.text("a".repeat(249)))).isEmpty();
  }
}
