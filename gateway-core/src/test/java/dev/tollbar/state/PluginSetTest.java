package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PluginSetTest {
  private static final StoredPlugin LIMITS = new StoredPlugin("limits", "1.0", "aa".repeat(32));
  private static final StoredPlugin SCRIPT = new StoredPlugin("script", "1.0", "bb".repeat(32));

  @Test
  void equalSetsHaveOneIdWhateverTheirOrder() {
    assertThat(PluginSet.of(List.of(LIMITS, SCRIPT)).id())
        .isEqualTo(PluginSet.of(List.of(SCRIPT, LIMITS)).id())
        .isNotEqualTo(PluginSet.of(List.of(LIMITS)).id())
        .hasSize(64);
  }

  @Test
  void saysWhatBecameDifferent() {
    PluginSet before = PluginSet.of(List.of(LIMITS, SCRIPT));
    PluginSet after =
        PluginSet.of(
            List.of(
                new StoredPlugin("limits", "1.1", "cc".repeat(32)),
                new StoredPlugin("script", "1.0", "dd".repeat(32)),
                new StoredPlugin("phone", "2.0", "ee".repeat(32))));

    assertThat(after.changesSince(before))
        .containsExactly(
            "~ limits 1.0 -> 1.1",
            "+ phone 2.0",
            "~ script 1.0, other content: bbbbbbbbbbbb -> dddddddddddd");
    assertThat(before.changesSince(after)).contains("- phone 2.0");
    assertThat(before.changesSince(before)).isEmpty();
  }
}
