package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One call in one place.
 *
 * @param section {@code tools}, {@code prompts} or {@code resources}
 * @param entry the tool as the server lists it; just its name where it was not seen
 * @param check what the check of the arguments finds: {@code fits}, {@code differs}, {@code unseen}
 *     or {@code unusable}
 */
record Situation(
    String section,
    ObjectNode entry,
    boolean seen,
    ObjectNode arguments,
    String grant,
    Map<String, String> labels,
    String server,
    Optional<String> session,
    Instant time,
    String check) {

  String name() {
    return entry.path("name").textValue();
  }

  JsonNode annotations() {
    return entry.path("annotations");
  }
}
