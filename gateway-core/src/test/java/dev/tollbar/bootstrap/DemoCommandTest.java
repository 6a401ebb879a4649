package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DemoCommandTest {

  @Test
  void saysThatTheDemoIsNotInstalled() {
    assertThatThrownBy(() -> new DemoCommand().call())
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "tollbar: the demo is not in this installation: there is no "
                + Path.of("examples/demo/demo.jar").toAbsolutePath()
                + ".");
  }
}
