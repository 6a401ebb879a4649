package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Rule;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
 * @param files the SHA-256 in hex of every file that it was made from, by the path in the document
 */
public record ConfiguredRule(
    String pointer,
    Optional<String> id,
    String kind,
    String plugin,
    Optional<String> onDeny,
    boolean shadow,
    JsonNode config,
    Map<String, String> files,
    Rule rule) {

  public ConfiguredRule {
    files = Map.copyOf(files);
  }

  /** A rule that was made from no files. */
  public ConfiguredRule(
      String pointer,
      Optional<String> id,
      String kind,
      String plugin,
      Optional<String> onDeny,
      boolean shadow,
      JsonNode config,
      Rule rule) {
    this(pointer, id, kind, plugin, onDeny, shadow, config, Map.of(), rule);
  }

  /** All that it judges by; another text once anything in it has changed. */
  public String terms() {
    ObjectNode terms = JsonNodeFactory.instance.objectNode();
    terms.put("rule", name()).put("kind", kind).put("shadow", shadow).set("config", config);
    onDeny.ifPresent(text -> terms.put("on_deny", text));
    new TreeMap<>(files).forEach(terms.putObject("files")::put);
    return terms.toString();
  }

  /** What agents and records are told: the id, or else the pointer. */
  public String name() {
    return id.orElse(pointer);
  }
}
