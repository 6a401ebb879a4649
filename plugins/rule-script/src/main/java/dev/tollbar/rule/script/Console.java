package dev.tollbar.rule.script;

import java.util.function.Consumer;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * Where {@code console.log} of one context goes: to whoever the present call is for, and only the
 * first lines of every call. For one thread at a time.
 */
final class Console implements ProxyExecutable {
  static final int MOST_LINES = 20;
  private static final int LONGEST = 200;
  private static final Consumer<String> NOBODY = line -> {};

  private Consumer<String> listener = NOBODY;
  private int lines;

  /** From here on lines are this one's. */
  void begin(Consumer<String> called) {
    listener = called;
    lines = 0;
  }

  void end() {
    listener = NOBODY;
  }

  @Override
  public Object execute(Value... arguments) {
    lines++;
    if (lines <= MOST_LINES) {
      listener.accept(Text.line(arguments[0].asString(), LONGEST));
    } else if (lines == MOST_LINES + 1) {
      listener.accept("(more lines are left out)");
    }
    return true;
  }
}
