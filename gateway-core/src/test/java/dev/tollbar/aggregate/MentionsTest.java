package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** URIs in results. */
class MentionsTest {
  private static final byte[] RESULT =
      ("{\"result\":{\"content\":[{\"type\":\"resource_link\",\"uri\":\"a://1\"},"
              + "{\"type\":\"resource\",\"resource\":{\"uri\":\"é://2\",\"text\":\"uri\"}},"
              + "{\"uri\":{\"uri\":\"c://3\"}}],\"name\":\"uri\"}}")
          .getBytes(StandardCharsets.UTF_8);

  @Test
  void findsLinksAndEmbeddedResources() {
    assertThat(Mentions.in(RESULT)).containsExactly("a://1", "é://2", "c://3");
  }

  @Test
  void findsThemInPieces() {
    Mentions mentions = new Mentions();
    for (int i = 0; i < RESULT.length; i++) {
      mentions.feed(RESULT, i, i + 1);
    }

    assertThat(mentions.found()).containsExactly("a://1", "é://2", "c://3");
  }

  @Test
  void keepsWhatItFoundBeforeAMessageBreaks() {
    byte[] broken = "{\"uri\":\"a://1\",}".getBytes(StandardCharsets.UTF_8);

    assertThat(Mentions.in(broken)).containsExactly("a://1");
  }
}
