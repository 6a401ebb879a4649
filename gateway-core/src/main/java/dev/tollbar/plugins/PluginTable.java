package dev.tollbar.plugins;

import java.util.ArrayList;
import java.util.List;

/** The plugins in plain text, as {@code tollbar plugins} prints them. */
public final class PluginTable {
  private static final String GAP = "  ";

  private PluginTable() {}

  /**
   * Loaded plugins as a table, then jars that are not used, then warnings. Ends with a line break.
   */
  public static String render(List<PluginReport> plugins) {
    List<PluginReport> loaded = in(plugins, PluginReport.State.LOADED);
    List<PluginReport> refused = in(plugins, PluginReport.State.REFUSED);
    StringBuilder text = new StringBuilder();
    if (loaded.isEmpty()) {
      text.append("no plugins\n");
    } else {
      append(text, rows(loaded));
    }
    if (!refused.isEmpty()) {
      text.append("\nrefused:\n");
      refused.forEach(report -> line(text, report, report.why().orElse("")));
    }
    List<PluginReport> superseded = in(plugins, PluginReport.State.SUPERSEDED);
    if (!superseded.isEmpty()) {
      text.append("\nsuperseded:\n");
      superseded.forEach(report -> line(text, report, report.why().orElse("")));
    }
    List<PluginReport> warned = loaded.stream().filter(r -> !r.warnings().isEmpty()).toList();
    if (!warned.isEmpty()) {
      text.append("\nwarnings:\n");
      warned.forEach(report -> report.warnings().forEach(warning -> line(text, report, warning)));
    }
    return text.toString();
  }

  private static List<PluginReport> in(List<PluginReport> plugins, PluginReport.State state) {
    return plugins.stream().filter(report -> report.state() == state).toList();
  }

  private static List<List<String>> rows(List<PluginReport> loaded) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("plugin", "version", "api", "kinds", "signer", "file"));
    for (PluginReport report : loaded) {
      rows.add(
          List.of(
              report.id().orElse("?"),
              report.version().orElse("?"),
              Quoted.plain(report.requires().orElse("?")),
              String.join(", ", report.kinds()),
              report.signer().map(PluginTable::shortened).orElse("-"),
              Quoted.plain(report.file())));
    }
    return rows;
  }

  /** A fingerprint is recognised by its beginning. */
  private static String shortened(String signer) {
    return signer.matches("[0-9a-f]{64}") ? signer.substring(0, 12) + "…" : Quoted.plain(signer);
  }

  private static void append(StringBuilder text, List<List<String>> rows) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        line.append(cell);
        if (column < row.size() - 1) {
          line.repeat(' ', width(rows, column) - cell.length()).append(GAP);
        }
      }
      text.append(line).append('\n');
    }
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static void line(StringBuilder text, PluginReport report, String what) {
    text.append(GAP).append(Quoted.plain(report.file())).append(": ").append(what).append('\n');
  }
}
