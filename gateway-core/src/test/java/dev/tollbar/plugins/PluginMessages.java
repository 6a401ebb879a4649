package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The messages about plugins that the documentation has; {@code …} in one stands for anything. */
final class PluginMessages {
  private static final Path PAGE = Path.of("..", "distribution", "docs", "messages.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^|]+)` \\| [^|]+ \\|$");

  private PluginMessages() {}

  static List<String> documented() throws IOException {
    String page = Files.readString(PAGE);
    String section =
        page.substring(page.indexOf("## About plugins"), page.indexOf("## To those who decide"));
    return ROW.matcher(section).results().map(row -> row.group(1)).toList();
  }

  static boolean has(String message) throws IOException {
    return documented().stream().anyMatch(row -> pattern(row).matcher(message).find());
  }

  /** Finds the message in a text. */
  static Pattern pattern(String row) {
    return Pattern.compile(
        Stream.of(row.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".+")),
        Pattern.DOTALL);
  }
}
