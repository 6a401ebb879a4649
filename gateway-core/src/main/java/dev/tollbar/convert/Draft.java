package dev.tollbar.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.convert.Note.Degree;
import dev.tollbar.document.Outline;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A policy of version 2 in the making; for one thread. */
final class Draft {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Outline source;
  private final String name;
  private final boolean denies;
  private final List<Note> notes = new ArrayList<>();
  private final ArrayNode hide = NODES.arrayNode();
  private final Entry everywhere = new Entry();
  private final Map<String, Entry> tools = new LinkedHashMap<>();

  /**
   * An empty policy.
   *
   * @param denies what is not listed
   */
  Draft(Outline source, String name, boolean denies) {
    this.source = source;
    this.name = name;
    this.denies = denies;
  }

  /** The rules of an entry, by kind. */
  static final class Entry {
    private final Map<String, List<ObjectNode>> rules = new LinkedHashMap<>();

    void add(String kind, ObjectNode config) {
      rules.computeIfAbsent(kind, _ -> new ArrayList<>()).add(config);
    }

    private ObjectNode node() {
      ObjectNode node = NODES.objectNode();
      rules.forEach((kind, configs) -> {
        if (configs.size() == 1) {
          node.set(kind, configs.getFirst());
        } else {
          node.putArray(kind).addAll(configs);
        }
      });
      return node;
    }
  }

  Entry everywhere() {
    return everywhere;
  }

  /**
   * The entry of a tool; empty where none is needed, since version 2 cannot name just this tool and
   * it is denied.
   */
  Optional<Entry> tool(String tool, String pointer) {
    if (exact(tool)) {
      return Optional.of(tools.computeIfAbsent(tool, _ -> new Entry()));
    }
    String cannot = "version 2 cannot name just the tool " + Wording.quote(tool);
    if (denies) {
      lost(pointer, cannot + "; it is not listed, and so denied");
    } else {
      String wider = wider(tool);
      tools.computeIfAbsent(wider, _ -> new Entry()).add("deny", NODES.objectNode());
      lost(pointer, cannot + "; " + Wording.quote(wider) + " is denied");
    }
    return Optional.empty();
  }

  /** Hides a tool, or all with {@code "*"}. */
  void hide(String tool, String pointer) {
    if (exact(tool) || tool.equals("*")) {
      hide.add(tool);
      return;
    }
    hide.add(wider(tool));
    changed(
        pointer,
        "version 2 cannot hide just the tool "
            + Wording.quote(tool)
            + "; "
            + Wording.quote(wider(tool))
            + " is hidden");
  }

  private static boolean exact(String tool) {
    return !tool.isEmpty() && !tool.startsWith("@") && !tool.contains("*");
  }

  /** A pattern that this tool is among. */
  private static String wider(String tool) {
    if (tool.isEmpty()) {
      return "*";
    }
    return tool.startsWith("@") ? "*" + tool.substring(1) : tool;
  }

  void changed(String pointer, String message) {
    notes.add(new Note(Degree.CHANGED, source.at(pointer, message)));
  }

  void lost(String pointer, String message) {
    notes.add(new Note(Degree.LOST, source.at(pointer, message)));
  }

  Conversion done() {
    ObjectNode document = NODES.objectNode().put("version", "2");
    ObjectNode policy = document.putObject("policies").putObject(name);
    policy.put("default", denies ? "deny" : "allow");
    // The other languages know nothing of schemas, and a conversion decides as its original does.
    policy.put("validate_arguments", false);
    if (!hide.isEmpty()) {
      policy.set("hide", hide);
    }
    JsonNode all = everywhere.node();
    if (!all.isEmpty()) {
      policy.set("all_tools", all);
    }
    ObjectNode entries = NODES.objectNode();
    tools.forEach((tool, entry) -> entries.set(tool, entry.node()));
    if (!entries.isEmpty()) {
      policy.set("tools", entries);
    }
    return new Conversion(document, notes);
  }

  static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
