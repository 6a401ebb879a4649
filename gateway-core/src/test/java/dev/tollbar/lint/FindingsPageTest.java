package dev.tollbar.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page on messages lists every kind of finding. */
class FindingsPageTest {

  @ParameterizedTest
  @EnumSource
  void thePageOnMessagesSaysItsCauseAndItsCure(FindingKind kind) throws IOException {
    assertThat(Files.readString(Path.of("..", "distribution", "docs", "messages.md")))
        .contains("| `" + kind.code() + "` | " + kind.cause() + " | " + kind.cure() + " |\n");
  }
}
