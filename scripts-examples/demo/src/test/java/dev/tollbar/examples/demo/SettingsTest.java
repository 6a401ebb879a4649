package dev.tollbar.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @Test
  void keepsServingUnlessToldOtherwise() throws TourException {
    Path home = Path.of("/opt/tollbar").toAbsolutePath();

    assertThat(Settings.of(List.of("/opt/tollbar")))
        .isEqualTo(new Settings(home, Optional.empty(), false));
    assertThat(Settings.of(List.of("/opt/tollbar", "--once", "--data", "/tmp/d")))
        .isEqualTo(new Settings(home, Optional.of(Path.of("/tmp/d").toAbsolutePath()), true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--once", "a b", "a --data", "a --twice"})
  void saysItsUsageToAnythingElse(String line) {
    List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));

    assertThatThrownBy(() -> Settings.of(words))
        .isInstanceOf(TourException.class)
        .hasMessage("usage: java -jar demo.jar TOLLBAR_FOLDER [--once] [--data DIR]");
  }
}
