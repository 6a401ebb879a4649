package dev.tollbar.protocol;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control members of one object of a message: those that the gateway or the protocol acts on.
 * No other name at this level may fold to one of them, since lenient parsers would take it for the
 * control member.
 */
final class Level {

  /** Any object without control members. */
  static final Level FREE = new Level("", List.of(), Map.of(), false);

  private static final Level META = of("params._meta", "progressToken");
  private static final Level REF = of("params.ref", "type", "name", "uri");
  private static final Level PARAMS =
      new Level(
          "params",
          List.of(
              "name",
              "uri",
              "arguments",
              "_meta",
              "ref",
              "cursor",
              "task",
              "taskId",
              "requestId",
              "progressToken",
              "inputResponses",
              "requestState",
              "protocolVersion",
              "capabilities"),
          Map.of("_meta", META, "ref", REF),
          false);
  private static final Level RESULT =
      of("result", "protocolVersion", "capabilities", "serverInfo", "instructions");

  /** A whole JSON-RPC message. */
  static final Level ENVELOPE = envelope(Map.of("params", PARAMS, "result", RESULT));

  private final Map<String, String> paths;
  private final String[] names;
  private final Set<String> folded;
  private final Map<String, Level> children;
  private final boolean entries;

  private Level(String prefix, List<String> names, Map<String, Level> children, boolean entries) {
    this.names = names.toArray(String[]::new);
    this.paths = new HashMap<>();
    this.folded = new HashSet<>();
    for (String name : names) {
      paths.put(name, prefix.isEmpty() ? name : prefix + "." + name);
      folded.add(fold(name));
    }
    this.children = children;
    this.entries = entries;
  }

  private static Level of(String prefix, String... names) {
    return new Level(prefix, Arrays.asList(names), Map.of(), false);
  }

  private static Level envelope(Map<String, Level> children) {
    return new Level(
        "", List.of("jsonrpc", "id", "method", "params", "result", "error"), children, false);
  }

  /** A reply whose result has a list of entries, each with a key that says what it is. */
  static Level listing(String member, String key) {
    Level entry = new Level("entry", List.of(key), Map.of(), true);
    Level result = new Level("result", List.of(member, "nextCursor"), Map.of(member, entry), false);
    return envelope(Map.of("result", result));
  }

  /** Whether objects of this level are the entries of a list, whose ranges are of interest. */
  boolean entries() {
    return entries;
  }

  /** The level of a member's value. */
  Level child(String name) {
    Level child = children.get(name);
    return child == null ? FREE : child;
  }

  /** What the member is called in a message's ranges; null if it is no control member. */
  @Nullable String path(String name) {
    return paths.get(name);
  }

  /** Whether the name, which is no control member, looks like one to a lenient parser. */
  boolean hasVariant(String name) {
    for (String control : names) {
      if (control.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return names.length > 0 && !isAscii(name) && folded.contains(fold(name));
  }

  private static boolean isAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) > 0x7F) {
        return false;
      }
    }
    return true;
  }

  private static String fold(String name) {
    String cased =
        Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
    // The lower case of a capital I with a dot is an i with a combining dot.
    return Normalizer.normalize(cased.replace("i\u0307", "i"), Normalizer.Form.NFKC);
  }
}
