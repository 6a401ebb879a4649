package dev.tollbar.rule.script;

import org.jspecify.annotations.Nullable;
import org.pf4j.Plugin;

/**
 * Ends the script engine with its plugin. The engine begins with the first script: a gateway whose
 * document has none pays nothing for it.
 */
public final class ScriptPlugin extends Plugin {
  private static final Object LOCK = new Object();

  // PF4J makes plugin and extension apart and acquaints them with each other in no way. Every
  // plugin
  // generation has its own class loader, and thus its own engine here.
  private static @Nullable ScriptEngine engine;

  static ScriptEngine engine() {
    synchronized (LOCK) {
      ScriptEngine running = engine;
      if (running == null) {
        running = new ScriptEngine();
        engine = running;
      }
      return running;
    }
  }

  @Override
  public void stop() {
    synchronized (LOCK) {
      ScriptEngine running = engine;
      engine = null;
      if (running != null) {
        running.close();
      }
    }
  }
}
