package dev.tollbar.rule.script;

import dev.tollbar.api.Call;
import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * One loaded script, with contexts of its own: one for every worker, each used by one thread at a
 * time. Used by many threads at once.
 */
final class Script implements AutoCloseable {
  // A bound for what the deadline cannot see while the machine itself is held up.
  private static final long STATEMENTS_A_MILLISECOND = 1_000_000;
  private static final Duration LOAD_TIME = Duration.ofSeconds(2);
  private static final ByteSize LOAD_MEMORY = ByteSize.ofMegabytes(64);

  private final Crew crew;
  private final Sandbox sandbox;
  private final Predicate predicate;
  private final Job.Budget budget;
  private final Conduct conduct;
  private final Deque<Instance> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /** A context with the script in it. */
  private record Instance(Context context, Value predicate) {}

  private Script(
      Crew crew, Sandbox sandbox, Predicate predicate, Job.Budget budget, Conduct conduct) {
    this.crew = crew;
    this.sandbox = sandbox;
    this.predicate = predicate;
    this.budget = budget;
    this.conduct = conduct;
  }

  /**
   * Reads a script and evaluates it once for every worker.
   *
   * @throws Predicate.Unusable if it is no predicate
   * @throws ScriptFailure if no worker can load it
   */
  static Script load(
      Crew crew, Sandbox sandbox, Predicate predicate, Job.Budget budget, Conduct conduct)
      throws Predicate.Unusable, ScriptFailure, InterruptedException {
    Script script = new Script(crew, sandbox, predicate, budget, conduct);
    try {
      for (int i = 0; i < crew.size(); i++) {
        script.idle.addFirst(script.loadInstance());
      }
    } catch (Predicate.Unusable | ScriptFailure | InterruptedException e) {
      script.close();
      throw e;
    }
    return script;
  }

  private sealed interface Loaded {
    record Usable(Instance instance) implements Loaded {}

    record Refused(Predicate.Unusable reason) implements Loaded {}
  }

  private Instance loadInstance() throws Predicate.Unusable, ScriptFailure, InterruptedException {
    Job.Work<Loaded> work =
        job -> {
          try {
            return new Loaded.Usable(open(job));
          } catch (Predicate.Unusable e) {
            return new Loaded.Refused(e);
          } catch (PolyglotException e) {
            // On a fast machine its statements are used up before its time is.
            if (e.isResourceExhausted()) {
              throw new ScriptFailure(kind(e), predicate.describe(e));
            }
            throw e;
          }
        };
    Job.Budget loading = new Job.Budget(LOAD_TIME, LOAD_MEMORY.bytes());
    return switch (crew.run(new Job<>(work, () -> {}, loading, conduct))) {
      case Loaded.Usable usable -> usable.instance();
      case Loaded.Refused refused -> throw refused.reason();
    };
  }

  // On a worker.
  private Instance open(Job<?> job) throws Predicate.Unusable {
    Context context = sandbox.context(budget.time().toMillis() * STATEMENTS_A_MILLISECOND);
    Value prepare = Sandbox.freeze(context);
    job.use(context);
    try {
      return new Instance(context, prepared(context, prepare));
    } catch (Predicate.Unusable e) {
      context.close(true);
      throw e;
    }
  }

  private Value prepared(Context context, Value prepare) throws Predicate.Unusable {
    Source body = predicate.body(context);
    Value prepared;
    try {
      prepared = prepare.execute(context.eval(body));
    } catch (PolyglotException e) {
      if (e.isCancelled()) {
        throw e;
      }
      throw new Predicate.Unusable("an error at " + predicate.describe(e));
    }
    if (prepared.isString()) {
      throw new Predicate.Unusable("a default export that is no function: " + prepared.asString());
    }
    return prepared;
  }

  /**
   * What the script says to a call, as {@link Answer} reads it. Blocks until it has ended or is
   * stopped.
   */
  String call(Call call) throws ScriptFailure, InterruptedException {
    return call(new CallView(call));
  }

  /** As {@link #call(Call)}, with a view that may note what the script looks at. */
  String call(CallView view) throws ScriptFailure, InterruptedException {
    Visit visit = new Visit(view);
    return crew.run(new Job<>(visit, visit::leave, budget, conduct));
  }

  /** One call in one instance: all of it on one worker. */
  private final class Visit implements Job.Work<String> {
    private final CallView view;
    private @Nullable Instance instance;
    private boolean reusable = true;

    Visit(CallView view) {
      this.view = view;
    }

    @Override
    public String run(Job<String> job) throws ScriptFailure {
      try {
        Instance free = idle.pollFirst();
        Instance mine = free != null ? free : open(job);
        instance = mine;
        job.use(mine.context());
        mine.context().resetLimits();
        return mine.predicate().execute(view).asString();
      } catch (PolyglotException e) {
        reusable = !(e.isCancelled() || e.isResourceExhausted() || e.isInternalError());
        throw new ScriptFailure(kind(e), predicate.describe(e));
      } catch (Predicate.Unusable e) {
        throw new ScriptFailure(Kind.THREW, e.found());
      }
    }

    void leave() {
      Instance mine = instance;
      if (mine == null) {
        return;
      }
      if (reusable) {
        idle.addFirst(mine);
      }
      if (!reusable || closed) {
        mine.context().close(true);
      }
    }
  }

  private static Kind kind(PolyglotException e) {
    if (!e.isResourceExhausted()) {
      return Kind.THREW;
    }
    return String.valueOf(e.getMessage()).startsWith("Statement count limit")
        ? Kind.TOO_LONG
        : Kind.TOO_MUCH_MEMORY;
  }

  /** Frees its contexts. No call is in it. */
  @Override
  public void close() {
    closed = true;
    for (Instance instance = idle.poll(); instance != null; instance = idle.poll()) {
      instance.context().close(true);
    }
  }
}
