package dev.tollbar.state;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The plugins that a revision ran with.
 *
 * @param plugins by name
 */
public record PluginSet(SortedMap<String, StoredPlugin> plugins) {
  private static final int SHOWN_DIGITS = 12;

  public PluginSet {
    plugins = Collections.unmodifiableSortedMap(new TreeMap<>(plugins));
  }

  public static PluginSet of(List<StoredPlugin> plugins) {
    SortedMap<String, StoredPlugin> byName = new TreeMap<>();
    plugins.forEach(plugin -> byName.put(plugin.name(), plugin));
    return new PluginSet(byName);
  }

  /** Equal sets, and no others, have the same: a digest of names, versions and digests. */
  public String id() {
    StringBuilder text = new StringBuilder();
    for (StoredPlugin plugin : plugins.values()) {
      text.append(plugin.name())
          .append('\t')
          .append(plugin.version())
          .append('\t')
          .append(plugin.sha256())
          .append('\n');
    }
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(sha256.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What became different since another one, a line for each plugin; empty: nothing. */
  public List<String> changesSince(PluginSet before) {
    TreeSet<String> names = new TreeSet<>(plugins.keySet());
    names.addAll(before.plugins.keySet());
    List<String> changes = new ArrayList<>();
    for (String name : names) {
      StoredPlugin was = before.plugins.get(name);
      StoredPlugin is = plugins.get(name);
      if (was == null && is != null) {
        changes.add("+ " + name + " " + is.version());
      } else if (is == null && was != null) {
        changes.add("- " + name + " " + was.version());
      } else if (is != null && was != null && !is.equals(was)) {
        changes.add("~ " + name + " " + change(was, is));
      }
    }
    return List.copyOf(changes);
  }

  private static String change(StoredPlugin was, StoredPlugin is) {
    return was.version().equals(is.version())
        ? is.version() + ", other content: " + shown(was.sha256()) + " -> " + shown(is.sha256())
        : was.version() + " -> " + is.version();
  }

  private static String shown(String sha256) {
    return sha256.substring(0, Math.min(SHOWN_DIGITS, sha256.length()));
  }
}
