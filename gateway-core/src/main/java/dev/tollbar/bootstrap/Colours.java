package dev.tollbar.bootstrap;

import dev.tollbar.trial.Palette;
import java.io.Console;
import java.util.Optional;

/** Whether what a command writes has colours: only on a terminal, and not against NO_COLOR. */
final class Colours {
  private Colours() {}

  static Palette palette() {
    String refused = System.getenv("NO_COLOR"); // https://no-color.org: any text but an empty one
    boolean wanted = refused == null || refused.isEmpty();
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return wanted && terminal ? Palette.COLOURED : Palette.PLAIN;
  }
}
