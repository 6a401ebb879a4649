package dev.tollbar.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainUriTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///srv/a",
        "kb://articles/1",
        "repo://owner/contents/a%2Fb%20c",
        "https://host/a..b/...c?q=1#x",
        "urn:isbn:0451450523",
        "file:///{path}",
        "späte/Post",
      })
  void canOnlyNameWhatItSays(String uri) {
    assertThat(PlainUri.is(uri)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///a/../etc/passwd",
        "file:///a/./b",
        "file:///a/..",
        "../a",
        "file:///a/%2e%2E/etc",
        "file:///a/.%2e/etc",
        "file:///a/%252e%252e/etc",
        "file:///a/%25252e%25252e/etc",
        "file:///a/..%2fetc",
        "file:///a/%c0%ae%c0%ae/etc",
        "file:///a/..\\etc",
        "file:///a/b%5c..%5cc",
        "file:///a\u0000b",
        "file:///a%00b",
        "file:///a\nb",
        "file:///a/?/../../etc",
        "file:///a/b#/../c",
        "file:///a/%c0%2e/b",
      })
  void mayNameAnother(String uri) {
    assertThat(PlainUri.is(uri)).isFalse();
  }
}
