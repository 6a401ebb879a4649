package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Rule;
import java.util.Optional;

/**
 * One rule of a document, with what the document says about it.
 *
 * @param pointer where it stands: {@code /tools/pay/limits/0}
 * @param id its stable name, if the document gives one
 * @param kind the rule kind's name
 * @param plugin the plugin it comes from, with its version: {@code rule-limits@0.1.0}
 * @param onDeny the document's text for the agent
 * @param shadow decided and recorded, never acted on
 * @param config what the document says of it, without the keys that every rule has
 */
public record ConfiguredRule(
    String pointer,
    Optional<String> id,
    String kind,
    String plugin,
    Optional<String> onDeny,
    boolean shadow,
    JsonNode config,
    Rule rule) {

  /** What agents and records are told: the id, or else the pointer. */
  public String name() {
    return id.orElse(pointer);
  }
}
