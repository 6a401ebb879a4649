package dev.tollbar.rule.script;

import dev.tollbar.api.InvalidConfigException;
import java.time.Duration;

/**
 * Everything that scripts need to run: the sandbox and the crew. One for all script rules of a
 * plugin generation. Used by many threads at once.
 */
final class ScriptEngine implements AutoCloseable {
  static final int WORKERS = 2;

  private static final String WANTED = "a JavaScript module with a default export";
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final Sandbox sandbox;
  private final Crew crew;

  ScriptEngine() {
    sandbox = new Sandbox();
    crew = new Crew(WORKERS);
    try {
      WarmUp.run(crew, sandbox);
    } catch (ScriptFailure e) {
      close();
      throw new IllegalStateException("the script engine does not start: " + e.detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Loads a script.
   *
   * @param key the config key that it stands under, for messages
   * @throws InvalidConfigException if it cannot be used
   */
  Script load(String key, Predicate predicate, Job.Budget budget, Conduct conduct) {
    try {
      return Script.load(crew, sandbox, predicate, budget, conduct);
    } catch (Predicate.Unusable e) {
      throw new InvalidConfigException(key, WANTED, e.found());
    } catch (ScriptFailure e) {
      String found =
          switch (e.kind()) {
            case TOO_LONG -> predicate.name() + ", which ran too long while it was loaded";
            case TOO_MUCH_MEMORY ->
                predicate.name() + ", which " + e.detail() + " while it was loaded";
            case SWITCHED_OFF ->
                predicate.name() + ", while " + e.detail() + "; restart the gateway";
            case UNUSABLE, THREW, BUSY, QUARANTINED, CLOSED ->
                predicate.name() + ", which cannot be loaded now: " + e.detail();
          };
      throw new InvalidConfigException(key, WANTED, found);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidConfigException(
          key, WANTED, predicate.name() + ", whose loading was cancelled");
    }
  }

  /** Ends all threads and frees all contexts. Waits at most two seconds for scripts that run. */
  @Override
  public void close() {
    crew.close();
    Thread closing = Crew.thread("script-close", sandbox::close);
    closing.start();
    try {
      closing.join(CLOSE_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
