package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * One loaded script, with contexts of its own: one for every worker, each used by one thread at a
 * time. Used by many threads at once.
 */
final class Script implements LoadedScript {
  // A bound for what the deadline cannot see while the machine itself is held up.
  private static final long STATEMENTS_A_MILLISECOND = 1_000_000;
  private static final Duration LOAD_TIME = Duration.ofSeconds(2);
  private static final ByteSize LOAD_MEMORY = ByteSize.ofMegabytes(64);

  private final Crew crew;
  private final Sandbox sandbox;
  private final Program program;
  private final Job.Budget budget;
  private final Conduct conduct;
  private final Deque<Instance> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /** A context with the script in it. */
  private record Instance(Context context, Console console, Value predicate) {}

  private Script(Crew crew, Sandbox sandbox, Program program, Job.Budget budget, Conduct conduct) {
    this.crew = crew;
    this.sandbox = sandbox;
    this.program = program;
    this.budget = budget;
    this.conduct = conduct;
  }

  /**
   * Evaluates a script once for every worker.
   *
   * @throws Unusable if it is no predicate
   * @throws ScriptFailure if no worker can load it
   */
  static Script load(
      Crew crew, Sandbox sandbox, Program program, Job.Budget budget, Conduct conduct)
      throws Unusable, ScriptFailure, InterruptedException {
    Script script = new Script(crew, sandbox, program, budget, conduct);
    try {
      for (int i = 0; i < crew.size(); i++) {
        script.idle.addFirst(script.loadInstance());
      }
    } catch (Unusable | ScriptFailure | InterruptedException e) {
      script.close();
      throw e;
    }
    return script;
  }

  /** What becomes of text on a worker: it is of use, or the reason why not is. */
  private sealed interface Loaded<T> {
    record Usable<T>(T value) implements Loaded<T> {}

    record Refused<T>(Unusable reason) implements Loaded<T> {}
  }

  /** Something that fails for what the author wrote. */
  private interface Loading<T> {
    T run(Job<Loaded<T>> job) throws Unusable;
  }

  private static <T> T onWorker(
      Crew crew, Loading<T> loading, Function<PolyglotException, String> describe, Conduct conduct)
      throws Unusable, ScriptFailure, InterruptedException {
    Job.Work<Loaded<T>> work =
        job -> {
          try {
            return new Loaded.Usable<>(loading.run(job));
          } catch (Unusable e) {
            return new Loaded.Refused<>(e);
          } catch (PolyglotException e) {
            // On a fast machine its statements are used up before its time is.
            if (e.isResourceExhausted()) {
              throw new ScriptFailure(kind(e), describe.apply(e));
            }
            throw e;
          }
        };
    Job.Budget budget = new Job.Budget(LOAD_TIME, LOAD_MEMORY.bytes());
    return switch (crew.run(new Job<>(work, () -> {}, budget, conduct))) {
      case Loaded.Usable<T>(T value) -> value;
      case Loaded.Refused<T>(Unusable reason) -> throw reason;
    };
  }

  /** Parses one module, without running it. */
  static Module parse(
      Crew crew, Sandbox sandbox, ModuleText text, boolean predicate, Conduct conduct)
      throws Unusable, ScriptFailure, InterruptedException {
    return onWorker(
        crew,
        job -> {
          try (Context context = sandbox.context(Long.MAX_VALUE)) {
            job.use(context);
            return ModuleReader.read(context, text, predicate);
          }
        },
        e -> text.name(),
        conduct);
  }

  private Instance loadInstance() throws Unusable, ScriptFailure, InterruptedException {
    return onWorker(crew, this::open, program::describe, conduct);
  }

  // On a worker.
  private Instance open(Job<?> job) throws Unusable {
    Context context = sandbox.context(budget.time().toMillis() * STATEMENTS_A_MILLISECOND);
    Console console = new Console();
    Value prepare = Sandbox.freeze(context, console);
    job.use(context);
    try {
      return new Instance(context, console, prepared(context, prepare));
    } catch (Unusable e) {
      context.close(true);
      throw e;
    }
  }

  private Value prepared(Context context, Value prepare) throws Unusable {
    Value prepared;
    try {
      List<Object> given = new ArrayList<>();
      given.add(program.needs());
      program.bodies().forEach(body -> given.add(context.eval(body)));
      prepared = prepare.execute(given.toArray());
    } catch (PolyglotException e) {
      if (e.isCancelled()) {
        throw e;
      }
      throw new Unusable("an error at " + program.describe(e));
    }
    if (prepared.isString()) {
      throw new Unusable("a default export that is no function: " + prepared.asString());
    }
    return prepared;
  }

  @Override
  public String call(Call call, Optional<JsonNode> limits, Notes notes)
      throws ScriptFailure, InterruptedException {
    if (!notes.traced()) {
      return run(new CallView(call, limits), notes);
    }
    TracedCall traced = new TracedCall(call, limits);
    try {
      return run(traced, notes);
    } finally {
      notes.observed(traced.observations());
    }
  }

  private String run(CallView view, Notes notes) throws ScriptFailure, InterruptedException {
    Visit visit = new Visit(view, notes);
    String answer;
    try {
      answer = crew.run(new Job<>(visit, visit::leave, budget, conduct));
    } catch (ScriptFailure e) {
      throw e.kind() == Kind.THREW && view.wantsLimits() ? wantsLimits() : e;
    }
    if (view.wantsLimits()) {
      throw wantsLimits(); // it has caught the exception
    }
    return answer;
  }

  private static ScriptFailure wantsLimits() {
    return new ScriptFailure(Kind.WANTS_LIMITS, "call.limits was not looked up");
  }

  /** One call in one instance: all of it on one worker. */
  private final class Visit implements Job.Work<String> {
    private final CallView view;
    private final Notes notes;
    private @Nullable Instance instance;
    private boolean reusable = true;

    Visit(CallView view, Notes notes) {
      this.view = view;
      this.notes = notes;
    }

    @Override
    public String run(Job<String> job) throws ScriptFailure {
      try {
        Instance free = idle.pollFirst();
        Instance mine = free != null ? free : open(job);
        instance = mine;
        job.use(mine.context());
        mine.context().resetLimits();
        mine.console().begin(notes::line);
        return mine.predicate().execute(view).asString();
      } catch (PolyglotException e) {
        reusable = !(e.isCancelled() || e.isResourceExhausted() || e.isInternalError());
        throw new ScriptFailure(kind(e), program.describe(e));
      } catch (Unusable e) {
        throw new ScriptFailure(Kind.THREW, e.found());
      }
    }

    void leave() {
      Instance mine = instance;
      if (mine == null) {
        return;
      }
      mine.console().end();
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
