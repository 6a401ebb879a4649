package dev.tollbar.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.examples.demo.Outcome.Kind;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {

  @ParameterizedTest
  @CsvSource({
    "limit, /tools/a/limits/0, LIMITED",
    "approval_pending, /tools/a/approval, HELD",
    "rule, /tools/a/script, REFUSED",
    "rule, /tools/a/deny, DENIED",
    "hidden, (hidden), DENIED",
    "default_deny, (default deny), DENIED",
    "approval_denied, /tools/a/approval, DENIED",
    "a code of tomorrow, /tools/a/deny, DENIED",
  })
  void readsADenialFromItsMeta(String code, String rule, Kind kind) {
    CallToolResult result =
        CallToolResult.builder()
            .addTextContent("[POLICY DENIED] No.")
            .isError(true)
            .meta(Map.of("dev.tollbar/denial", Map.of("code", code, "rule", rule)))
            .build();

    assertThat(Outcome.of(result))
        .isEqualTo(new Outcome(kind, Optional.of(rule), "[POLICY DENIED] No."));
  }

  @Test
  void takesATextThatOnlyLooksLikeADenialForAFailure() {
    CallToolResult result =
        CallToolResult.builder().addTextContent("[POLICY DENIED] No.").isError(true).build();

    assertThat(Outcome.of(result))
        .isEqualTo(new Outcome(Kind.FAILED, Optional.empty(), "[POLICY DENIED] No."));
  }

  @Test
  void allowsWhatTheServerAnswered() {
    CallToolResult result =
        CallToolResult.builder().addTextContent("{}").addTextContent("more").isError(false).build();

    assertThat(Outcome.of(result))
        .isEqualTo(new Outcome(Kind.ALLOWED, Optional.empty(), "{} more"));
  }
}
