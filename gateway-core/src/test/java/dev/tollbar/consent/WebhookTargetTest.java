package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Secret;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookTargetTest {
  @Test
  void saysEverythingThatIsWrongAndNoSecret() {
    assertThatThrownBy(() ->
            new WebhookTarget(
                "ops",
                URI.create("ftp://user:pass@ops.example/x"),
                List.of(new Secret("whsec_???"))))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "url: expected an http or https URL with a host and without a user name; found"
                + " \"ftp://[redacted]@ops.example/x\"\n"
                + "secret: expected whsec_ followed by base64, or a text that is not empty; found"
                + " [redacted]");
  }

  @Test
  void needsASecret() {
    assertThatThrownBy(
            () -> new WebhookTarget("ops", URI.create("https://ops.example/x"), List.of()))
        .hasMessage(
            "secret: expected whsec_ followed by base64, or a text that is not empty; found no"
                + " secret");
  }
}
