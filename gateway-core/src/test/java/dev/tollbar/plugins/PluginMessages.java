package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The messages about plugins that the documentation has; {@code …} in one stands for anything. */
public final class PluginMessages {
  private static final Path PAGE = Path.of("..", "distribution", "docs", "messages.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^|]+)` \\| [^|]+ \\|$");

  private PluginMessages() {}

  /** Why jars are not used. */
  static List<String> documented() throws IOException {
    return rows("## About plugins\n");
  }

  /** Of the lock, and of commands. */
  static List<String> documentedOfLock() throws IOException {
    return rows("## About plugins.lock and commands\n");
  }

  private static List<String> rows(String heading) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf(heading) + heading.length();
    String section = page.substring(start, page.indexOf("\n## ", start));
    return ROW.matcher(section).results().map(row -> row.group(1)).toList();
  }

  static boolean has(String message) throws IOException {
    return documented().stream().anyMatch(row -> pattern(row).matcher(message).find());
  }

  /** Whether the part about the lock and commands has a message. */
  public static boolean hasOfLock(String message) throws IOException {
    return documentedOfLock().stream().anyMatch(row -> pattern(row).matcher(message).find());
  }

  /** Finds the message in a text. */
  static Pattern pattern(String row) {
    return Pattern.compile(
        Stream.of(row.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".+")),
        Pattern.DOTALL);
  }
}
