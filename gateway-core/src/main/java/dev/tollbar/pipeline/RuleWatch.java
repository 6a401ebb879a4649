package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Evaluator;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rules within their time budget. Whatever a rule does instead of answering (throw, return
 * nothing, take too long) becomes a denial. A rule that is over its time is interrupted; what it
 * says after that does not count.
 */
public final class RuleWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleWatch.class);
  private static final String SILENT = "does not say how it is doing";
  private static final Duration ROUND = Duration.ofMillis(20);

  private final long budgetNanos;
  private final Predicate<ConfiguredRule> inPlace;
  private final ApartRuns apart;
  private final Set<Turn> turns = ConcurrentHashMap.newKeySet();
  private final Thread watcher;
  private volatile boolean idle;
  private volatile boolean closed;

  /**
   * Watches rules.
   *
   * @param budget how long one rule may take for one call
   */
  public RuleWatch(Duration budget) {
    this(budget, _ -> true);
  }

  /**
   * Watches rules, some of which may never end.
   *
   * @param budget how long one rule may take for one call
   * @param inPlace whether a rule is known to heed interrupts: it is run on the thread of its call,
   *     which costs less
   */
  public RuleWatch(Duration budget, Predicate<ConfiguredRule> inPlace) {
    this.budgetNanos = budget.toNanos();
    this.inPlace = inPlace;
    this.apart = new ApartRuns(budget);
    this.watcher = Thread.ofPlatform().daemon().name("rule-watch").unstarted(this::watch);
    watcher.start();
  }

  /** The turn of the rules of one call, which are watched until it is closed. */
  Turn turn() {
    return new Turn();
  }

  /** What a rule says to a call, within its bounds. */
  public Verdict evaluate(ConfiguredRule rule, Call call) {
    try (Turn turn = turn()) {
      return turn.evaluate(rule, call);
    }
  }

  /** What is left of a rule's limits for a call, within its bounds: see {@link Evaluator#usage}. */
  public List<LimitUsage> usage(ConfiguredRule rule, Call call) throws InterruptedException {
    try {
      return List.copyOf(Objects.requireNonNull(once(rule, () -> rule.rule().usage(call))));
    } catch (InterruptedException | StoreUnavailableException e) {
      throw e;
    } catch (Throwable e) { // plugins are strangers, and may be late too
      LOG.warn("the {} rule at {} does not say what is left", rule.kind(), rule.pointer(), e);
      throw new StoreUnavailableException(
          "the " + rule.kind() + " rule at " + rule.pointer() + " does not say what is left");
    }
  }

  /** As this watch, but for verdicts, which come from elsewhere. */
  public Evaluator evaluatingBy(BiFunction<ConfiguredRule, Call, Verdict> verdicts) {
    return new Evaluator() {
      @Override
      public Verdict evaluate(ConfiguredRule rule, Call call) {
        return verdicts.apply(rule, call);
      }

      @Override
      public List<LimitUsage> usage(ConfiguredRule rule, Call call) throws InterruptedException {
        return RuleWatch.this.usage(rule, call);
      }
    };
  }

  /** What a rule says to a call and what it sees of it, within its bounds. */
  public Explanation explain(ConfiguredRule rule, Call call) {
    AtomicReference<List<Observation>> observations = new AtomicReference<>(List.of());
    Optional<Verdict> verdict =
        runOnce(
            rule,
            () -> {
              @Nullable Explanation explanation = rule.rule().explain(call);
              if (explanation == null) {
                return null;
              }
              observations.set(explanation.observations());
              return explanation.verdict();
            });
    return new Explanation(
        verdict.orElseGet(() -> failed(rule, "gave no verdict")), observations.get());
  }

  /** What a rule says to a result, within its bounds. */
  public Verdict evaluateResult(ConfiguredRule rule, Call call, JsonNode result) {
    return runOnce(rule, () -> rule.rule().evaluateResult(call, result))
        .orElseGet(() -> failed(rule, "gave no verdict"));
  }

  /** Why a rule denies every call at present, within its bounds: see {@link Rule#outage()}. */
  public Optional<String> outage(ConfiguredRule rule) {
    try {
      return Objects.requireNonNullElse(
          once(rule, () -> rule.rule().outage()), Optional.of(SILENT));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(SILENT);
    } catch (LateException | ApartRuns.StuckException e) {
      return Optional.of(SILENT);
    } catch (Throwable e) { // plugins are strangers
      return Optional.of(SILENT + ": " + e.getClass().getSimpleName());
    }
  }

  private Optional<Verdict> runOnce(ConfiguredRule rule, Callable<@Nullable Verdict> action) {
    try (Turn turn = turn()) {
      return turn.run(rule, action);
    }
  }

  private <T extends @Nullable Object> T once(ConfiguredRule rule, Callable<T> action)
      throws Exception {
    try (Turn turn = turn()) {
      return turn.bounded(rule, action);
    }
  }

  static Verdict.Deny failed(ConfiguredRule rule, String what) {
    LOG.warn("the {} rule at {} {}", rule.kind(), rule.pointer(), what);
    return new Verdict.Deny(
        Verdict.Code.RULE_ERROR,
        "A rule could not decide this call.",
        true,
        Optional.empty(),
        Optional.empty());
  }

  static Verdict.Deny unavailable() {
    return new Verdict.Deny(
        Verdict.Code.STORE_UNAVAILABLE,
        "What this call's rules need to decide is out of reach.",
        true,
        Optional.empty(),
        Optional.empty());
  }

  private void watch() {
    while (!closed) {
      sleep();
      long now = System.nanoTime();
      for (Turn turn : turns) {
        turn.interruptIfLate(now);
      }
    }
  }

  /** A gateway without calls burns nothing. */
  private void sleep() {
    idle = true;
    if (turns.isEmpty() && !closed) {
      LockSupport.park(this);
    }
    idle = false;
    LockSupport.parkNanos(ROUND.toNanos());
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
  }

  /**
   * Rules that run one after the other on the thread of their call, each within the budget. What a
   * rule asks of others meanwhile is a turn of its own.
   */
  final class Turn implements Evaluator, AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private boolean watched;
    private long deadline;
    private boolean running;
    private boolean late;

    private Turn() {}

    @Override
    public Verdict evaluate(ConfiguredRule rule, Call call) {
      return run(rule, () -> rule.rule().evaluate(call))
          .orElseGet(() -> failed(rule, "gave no verdict"));
    }

    @Override
    public List<LimitUsage> usage(ConfiguredRule rule, Call call) throws InterruptedException {
      return RuleWatch.this.usage(rule, call);
    }

    /** Runs anything that a rule does for a call; empty if it did not return a value in time. */
    private Optional<Verdict> run(ConfiguredRule rule, Callable<@Nullable Verdict> action) {
      try {
        return Optional.ofNullable(bounded(rule, action));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of(failed(rule, "was interrupted"));
      } catch (LateException e) {
        return Optional.of(failed(rule, "took longer than " + budgetNanos / 1_000_000 + " ms"));
      } catch (ApartRuns.StuckException e) {
        return Optional.of(failed(rule, "is not run, because too many earlier runs do not end"));
      } catch (StoreUnavailableException e) {
        LOG.warn("{}: {}", rule.pointer(), e.getMessage());
        return Optional.of(unavailable());
      } catch (Throwable e) { // plugins are strangers: a missing class must deny as well
        LOG.warn("the {} rule at {} failed", rule.kind(), rule.pointer(), e);
        return Optional.of(failed(rule, "failed"));
      }
    }

    /** The value of what a rule does, within the budget, whether it heeds interrupts or not. */
    <T extends @Nullable Object> T bounded(ConfiguredRule rule, Callable<T> action)
        throws Exception {
      if (inPlace.test(rule)) {
        return bounded(action);
      }
      return apart.run(rule.kind() + " of " + rule.plugin(), action);
    }

    /** The action's value, within the budget. */
    <T extends @Nullable Object> T bounded(Callable<T> action) throws Exception {
      watched();
      begin();
      T value;
      try {
        value = action.call();
      } catch (InterruptedException e) {
        if (end()) {
          throw new LateException();
        }
        throw e;
      } finally {
        end();
      }
      if (wasLate()) {
        throw new LateException();
      }
      return value;
    }

    private void watched() {
      if (watched) {
        return;
      }
      watched = true;
      turns.add(this);
      if (idle) {
        LockSupport.unpark(watcher);
      }
    }

    private synchronized void begin() {
      running = true;
      late = false;
      deadline = System.nanoTime() + budgetNanos;
    }

    private synchronized void interruptIfLate(long now) {
      if (running && !late && now - deadline > 0) {
        late = true;
        thread.interrupt();
      }
    }

    /** Whether the rule was late; then its interrupt is taken back, once. */
    private synchronized boolean end() {
      if (late && running) {
        Thread.interrupted();
      }
      running = false;
      return late;
    }

    private synchronized boolean wasLate() {
      return late;
    }

    @Override
    public void close() {
      if (watched) {
        turns.remove(this);
      }
    }
  }

  /** The rule did not answer in time. */
  static final class LateException extends Exception {
    private static final long serialVersionUID = 1L;

    LateException() {
      super("too late", null, false, false);
    }
  }
}
