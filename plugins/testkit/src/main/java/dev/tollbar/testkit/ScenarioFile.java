package dev.tollbar.testkit;

import dev.tollbar.api.Default;
import dev.tollbar.api.InvalidConfigException;
import java.util.List;
import java.util.Optional;

/**
 * A scenario as its file has it.
 *
 * @param refused the whole message with which the document is refused
 */
record ScenarioFile(Given given, @Default("[]") List<Step> calls, Optional<String> refused) {

  ScenarioFile {
    if (calls.isEmpty() == refused.isEmpty()) {
      throw new InvalidConfigException(
          "", "calls or refused, one of the two", calls.isEmpty() ? "neither" : "both");
    }
  }
}
