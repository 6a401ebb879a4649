package dev.tollbar.examples.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where the tour prints. For use by several threads. */
final class Screen {
  private static final String LINE = "%-8s  %-26s  %-51s  %s";
  private static final String NORMAL = "\u001b[0m";

  private final PrintStream out;
  private final boolean coloured;
  private volatile boolean silent;

  Screen(PrintStream out, boolean coloured) {
    this.out = out;
    this.coloured = coloured;
  }

  /** Standard output; coloured on a terminal, unless {@code NO_COLOR} is set. */
  static Screen ofProgram(Map<String, String> environment) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(console -> console.isTerminal()).isPresent();
    return new Screen(System.out, terminal && wantsColour(environment));
  }

  static boolean wantsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /** The heads of the columns of {@link #call}. */
  void heads() {
    say(paint("1", LINE.formatted("", "call", "rule", "what the agent reads").stripTrailing()));
  }

  /** A line for a call. */
  void call(Outcome.Kind kind, String call, String rule, String text) {
    String word = "%-8s".formatted(kind.name().toLowerCase(Locale.ROOT));
    String line = LINE.formatted(word, call, rule, text).stripTrailing();
    say(paint(colour(kind), word) + line.substring(word.length()));
  }

  /** A line that stands out. */
  void title(String text) {
    say(paint("1", text));
  }

  /** Any other line. */
  void say(String line) {
    if (!silent) {
      out.println(line);
      out.flush();
    }
  }

  /** Prints nothing more: the program is being stopped, and what now fails is no news. */
  void silence() {
    silent = true;
  }

  private String paint(String code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + NORMAL : text;
  }

  private static String colour(Outcome.Kind kind) {
    return switch (kind) {
      case ALLOWED, APPROVED -> "32";
      case LIMITED, HELD -> "33";
      case DENIED, REFUSED -> "31";
      case FAILED -> "1;31";
    };
  }
}
