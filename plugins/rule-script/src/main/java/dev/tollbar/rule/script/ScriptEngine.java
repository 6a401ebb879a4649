package dev.tollbar.rule.script;

import dev.tollbar.api.InvalidConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything that scripts need to run: the sandbox and the crew. One for all script rules of a
 * plugin generation. Used by many threads at once.
 */
final class ScriptEngine implements AutoCloseable {
  /** Threads: callers wait for each other no longer than for the processors. */
  static final int WORKERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);

  /** Processes are far larger, so they are few. */
  private static final int PROCESSES = 2;

  private static final String WANTED = "a JavaScript module with a default export";
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final Sandbox sandbox;
  private final Crew crew;
  private @Nullable WorkerPool pool; // guarded by this

  ScriptEngine() {
    this(WORKERS);
  }

  /**
   * An engine that runs as many scripts at once.
   *
   * @throws IllegalStateException if it does not start
   */
  ScriptEngine(int workers) {
    sandbox = new Sandbox();
    crew = new Crew(workers);
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
   * @param files what it may import
   * @throws InvalidConfigException if it cannot be used
   */
  LoadedScript load(
      String key,
      ModuleText predicate,
      Program.Files files,
      Job.Budget budget,
      Isolation isolation,
      Conduct conduct) {
    try {
      return switch (isolation) {
        case THREAD -> open(predicate, files, budget, conduct);
        case PROCESS -> ProcessScript.open(pool(), predicate, files, budget);
      };
    } catch (Unusable e) {
      throw new InvalidConfigException(key, WANTED, e.found());
    } catch (ScriptFailure e) {
      String found =
          switch (e.kind()) {
            case TOO_LONG -> predicate.name() + ", which ran too long while it was loaded";
            case TOO_MUCH_MEMORY ->
                predicate.name() + ", which " + e.detail() + " while it was loaded";
            case SWITCHED_OFF ->
                predicate.name() + ", while " + e.detail() + "; restart the gateway";
            case UNUSABLE, THREW, WANTS_LIMITS, BUSY, QUARANTINED, CRASHED, CLOSED ->
                predicate.name() + ", which cannot be loaded now: " + e.detail();
          };
      throw new InvalidConfigException(key, WANTED, found);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidConfigException(
          key, WANTED, predicate.name() + ", whose loading was cancelled");
    }
  }

  /** Loads a script into threads of this engine. */
  Script open(ModuleText predicate, Program.Files files, Job.Budget budget, Conduct conduct)
      throws Unusable, ScriptFailure, InterruptedException {
    Program program = Program.read(predicate, files, parser(conduct));
    return Script.load(crew, sandbox, program, budget, conduct);
  }

  /** The processes begin with the first script that wants one. */
  private synchronized WorkerPool pool() {
    WorkerPool running = pool;
    if (running == null) {
      running = new WorkerPool(PROCESSES);
      pool = running;
    }
    return running;
  }

  private Program.Parser parser(Conduct conduct) {
    return (text, predicate) -> Script.parse(crew, sandbox, text, predicate, conduct);
  }

  /** Ends all threads and frees all contexts. Waits at most two seconds for scripts that run. */
  @Override
  public void close() {
    synchronized (this) {
      if (pool != null) {
        pool.close();
      }
    }
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
