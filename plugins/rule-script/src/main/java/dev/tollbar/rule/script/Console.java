package dev.tollbar.rule.script;

import java.util.function.Consumer;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code console.log} of one context goes: to whoever the present call is for, and only the
 * first lines of every call. For one thread at a time.
 */
final class Console implements ProxyExecutable {
  static final int MOST_LINES = 20;
  private static final int LONGEST = 200;
  private @Nullable Consumer<String> listener;
  private int lines;

  /** From here on lines are this one's. */
  void begin(Consumer<String> called) {
    listener = called;
    lines = 0;
  }

  void end() {
    listener = null;
  }

  @Override
  public Object execute(Value... arguments) {
    Consumer<String> told = listener;
    lines++;
    if (told == null) {
      return false;
    }
    if (lines <= MOST_LINES) {
      told.accept(Text.line(arguments[0].asString(), LONGEST));
    } else if (lines == MOST_LINES + 1) {
      told.accept("(more lines are left out)");
    }
    return true;
  }
}
