package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Default;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a scenario begins with.
 *
 * @param tools the server's own tool list
 * @param page what the server's tool list says beside its tools
 * @param replies by tool
 */
record Given(
    Optional<String> policy,
    Optional<String> document,
    @Default("\"default\"") String server,
    @Default("\"local\"") String grant,
    Moment clock,
    @Default("[]") List<String> plugins,
    Optional<List<JsonNode>> tools,
    @Default("{}") JsonNode page,
    @Default("{}") Map<String, Answer> replies) {

  Given {
    List<Problem> problems = new ArrayList<>();
    if (policy.isPresent() == document.isPresent()) {
      problems.add(
          new Problem(
              "", "policy or document, one of the two", policy.isPresent() ? "both" : "neither"));
    }
    if (!page.isObject()) {
      problems.add(new Problem("page", "an object", Wording.found(page)));
    }
    List<JsonNode> entries = tools.orElse(List.of());
    for (int i = 0; i < entries.size(); i++) {
      if (!entries.get(i).path("name").isTextual()) {
        problems.add(
            new Problem("tools/" + i, "an object with a name", Wording.found(entries.get(i))));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
