package dev.tollbar.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.examples.demo.Outcome.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void alignsCallsUnderTheirHeads() {
    Screen screen = new Screen(out, false);

    screen.heads();
    screen.call(Kind.DENIED, "create_mesh", "(default deny)", "No.");

    assertThat(printed())
        .isEqualTo(
            """
                      call                        rule                                                 what the agent reads
            denied    create_mesh                 (default deny)                                       No.
            """);
  }

  @Test
  void coloursTheWordOnly() {
    new Screen(out, true).call(Kind.ALLOWED, "echo", "(listed)", "hi");

    assertThat(printed()).startsWith("\u001b[32mallowed \u001b[0m  echo ").endsWith("  hi\n");
  }

  @Test
  void printsNothingOnceItIsSilent() {
    Screen screen = new Screen(out, false);

    screen.silence();
    screen.say("The gateway has ended");

    assertThat(printed()).isEmpty();
  }

  @Test
  void honoursNoColor() {
    assertThat(Screen.wantsColour(Map.of("TERM", "xterm"))).isTrue();
    assertThat(Screen.wantsColour(Map.of("NO_COLOR", ""))).isTrue();
    assertThat(Screen.wantsColour(Map.of("NO_COLOR", "1"))).isFalse();
    assertThat(Screen.wantsColour(Map.of("TERM", "dumb"))).isFalse();
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
