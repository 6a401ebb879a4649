package dev.tollbar.transport.common;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.MessageId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerMessageTest {

  @Test
  void keepsTheTypeOfAnIdAndFindsAToken() {
    assertThat(read(" {\"id\":\"1\",\"result\":{\"id\":2}}").id()).contains(MessageId.text("1"));
    assertThat(read("\n{\"id\":12345678901234567890,\"method\":\"x\"}").id())
        .contains(new MessageId("12345678901234567890"));
    ServerMessage progress =
        read(
            "{\"params\":{\"_meta\":{\"progressToken\":1},\"progressToken\":\"t\"},"
                + "\"method\":\"notifications/progress\"}");
    assertThat(progress)
        .isEqualTo(
            new ServerMessage(
                Optional.of("notifications/progress"),
                Optional.empty(),
                Optional.of(MessageId.text("t"))));
    assertThat(progress.isProgress()).isTrue();
    assertThat(progress.isRequest()).isFalse();
  }

  @Test
  void anErrorWithoutAnIdIsAResponse() {
    assertThat(read("{\"error\":{\"code\":-32700},\"id\":null}").isResponse()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "banner",
        "[]",
        "{}",
        "{\"id\":1",
        "{\"id\":1,\"id\":2}",
        "{\"method\":1,\"id\":1}",
        "{\"id\":1} x",
        "\uFEFF{\"id\":1}",
      })
  void isNotReadFromAnythingElse(String text) {
    assertThat(ServerMessage.read(text.getBytes(UTF_8))).isEmpty();
  }

  private static ServerMessage read(String json) {
    return ServerMessage.read(json.getBytes(UTF_8)).orElseThrow();
  }
}
