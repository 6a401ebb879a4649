package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollbar.api.MessageId;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallTest {
  private static final String NAME =
      "Member \"params.name\" must be a string of 1 to 256 characters.";
  private static final String REF =
      "Member \"params.ref\" must be a prompt reference with a \"name\" or a resource reference"
          + " with a \"uri\".";

  private static Message message(String params) throws MalformedMessageException {
    String json = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":" + params + "}";
    return StrictParser.parse(json.getBytes(UTF_8));
  }

  private static void refuses(ThrowingCallable reading, String text) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(reading)
        .withMessage(text)
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(-32602))
        .satisfies(refusal -> assertThat(refusal.id()).contains(MessageId.number(1)));
  }

  @Test
  void readsNameAndArguments() throws Exception {
    ToolCall call = ToolCall.of(message("{\"name\":\"t\",\"arguments\":{\"a\":1}}"));

    assertThat(call.name()).isEqualTo("t");
    assertThat(call.arguments()).hasToString("{\"a\":1}");
    assertThat(ToolCall.of(message("{\"name\":\"t\"}")).arguments()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"name\":1}", "{\"name\":null}", "{\"name\":\"\"}"})
  void refusesACallWithoutName(String params) {
    refuses(() -> ToolCall.of(message(params)), NAME);
    refuses(() -> Target.prompt(message(params)), NAME);
  }

  @Test
  void refusesANameThatIsTooLong() throws Exception {
    Message longest = message("{\"name\":\"" + "x".repeat(256) + "\"}");
    Message longer = message("{\"name\":\"" + "x".repeat(257) + "\"}");

    assertThat(ToolCall.of(longest).name()).hasSize(256);
    refuses(() -> ToolCall.of(longer), NAME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "\"{}\"", "1", "true"})
  void refusesArgumentsThatAreNoObject(String arguments) {
    String params = "{\"name\":\"t\",\"arguments\":" + arguments + "}";
    String text = "Member \"params.arguments\" must be an object.";
    refuses(() -> ToolCall.of(message(params)), text);
    refuses(() -> Target.prompt(message(params)), text);
  }

  @Test
  void readsWhatOtherRequestsAreAbout() throws Exception {
    assertThat(Target.prompt(message("{\"name\":\"p\",\"arguments\":{\"a\":\"b\"}}")).arguments())
        .hasToString("{\"a\":\"b\"}");
    assertThat(Target.resource(message("{\"uri\":\"file:///a\"}")).name()).isEqualTo("file:///a");
    assertThat(Target.task(message("{\"taskId\":\"t\"}")).name()).isEqualTo("t");
    assertThat(
            Target.completion(message("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"p\"}}")).kind())
        .isEqualTo(Target.Kind.PROMPT);
    assertThat(
            Target.completion(message("{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"u\"}}"))
                .name())
        .isEqualTo("u");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"ref\":\"p\"}",
        "{\"ref\":{\"type\":\"ref/other\",\"name\":\"p\"}}",
        "{\"ref\":{\"type\":\"ref/prompt\",\"uri\":\"p\"}}",
        "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"\"}}",
        "{\"ref\":[{\"type\":\"ref/prompt\",\"name\":\"p\"}]}"
      })
  void refusesACompletionOfNothing(String params) {
    refuses(() -> Target.completion(message(params)), REF);
  }

  @Test
  void refusesAReadOfNothing() {
    refuses(
        () -> Target.resource(message("{\"uri\":7}")),
        "Member \"params.uri\" must be a string of 1 to 8192 characters.");
    refuses(
        () -> Target.task(message("{}")),
        "Member \"params.taskId\" must be a string of 1 to 256 characters.");
  }
}
