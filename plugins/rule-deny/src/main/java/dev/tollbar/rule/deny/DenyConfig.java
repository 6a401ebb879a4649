package dev.tollbar.rule.deny;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;

/** The config of {@code deny}. */
@Doc("Denies every call.")
public record DenyConfig(
    @Doc("What the agent is told") @Default("\"This tool is not permitted.\"") String reason) {

  public DenyConfig {
    if (reason.isBlank()) {
      throw new InvalidConfigException("reason", "a text for the agent", "an empty text");
    }
  }
}
