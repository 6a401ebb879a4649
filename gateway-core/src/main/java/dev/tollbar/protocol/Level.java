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

  /** An array of whole messages, each of which is read on its own afterwards. */
  static final Level BATCH = new Level("", List.of(), Map.of(), true);

  private static final Level META =
      of(
          "params._meta",
          "progressToken",
          MetaKeys.PROTOCOL_VERSION,
          MetaKeys.CLIENT_CAPABILITIES,
          MetaKeys.CLIENT_INFO,
          MetaKeys.LOG_LEVEL,
          MetaKeys.SUBSCRIPTION_ID);
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
              "capabilities",
              "clientInfo",
              "level",
              "notifications"),
          Map.of("_meta", META, "ref", REF),
          false);
  private static final Level RESULT_META =
      of("result._meta", MetaKeys.SERVER_INFO, MetaKeys.SUBSCRIPTION_ID);
  private static final Level RESULT =
      new Level(
          "result",
          List.of(
              "protocolVersion",
              "capabilities",
              "serverInfo",
              "instructions",
              "supportedVersions",
              "resultType",
              "inputRequests",
              "requestState",
              "ttlMs",
              "cacheScope",
              "isError",
              "task",
              "taskId",
              "_meta"),
          Map.of("_meta", RESULT_META),
          false);
  private static final Level ERROR = of("error", "code", "message", "data");

  /** A whole JSON-RPC message. */
  static final Level ENVELOPE =
      envelope(Map.of("params", PARAMS, "result", RESULT, "error", ERROR));

  /**
   * A control member.
   *
   * @param path what it is called in a message's ranges
   * @param child the level of its value
   */
  record Control(String path, Level child) {}

  private final Map<String, Control> controls;
  private final String[] names;
  private final Set<String> folded;
  private final boolean entries;

  private Level(String prefix, List<String> names, Map<String, Level> children, boolean entries) {
    this.names = names.toArray(String[]::new);
    this.controls = new HashMap<>();
    this.folded = new HashSet<>();
    for (String name : names) {
      String path = prefix.isEmpty() ? name : prefix + "." + name;
      Level child = children.get(name);
      controls.put(name, new Control(path, child == null ? FREE : child));
      folded.add(fold(name));
    }
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

  /** One entry of a list: its key, and the resource of its app (MCP Apps, in two spellings). */
  static Level entry(String key) {
    Level ui = of("_meta.ui", "resourceUri");
    Level meta = new Level("_meta", List.of("ui", "ui/resourceUri"), Map.of("ui", ui), false);
    return new Level("", List.of(key, "_meta"), Map.of("_meta", meta), false);
  }

  /** Whether objects of this level are the entries of a list, whose ranges are of interest. */
  boolean entries() {
    return entries;
  }

  /** The control member of that exact name; null if there is none. */
  @Nullable Control control(String name) {
    return controls.get(name);
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
