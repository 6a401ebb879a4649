package dev.tollbar.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * A rule of a plugin that did not come with the gateway. What it does for a call is bounded by who
 * runs it; here, what it does beside: its reservations settle, and it closes, within a time.
 */
final class StrangersRule implements Rule {
  private final Rule rule;
  private final PluginThread thread;
  private final boolean readsResults;

  /**
   * A rule that was just made.
   *
   * @param readsResults what the rule says to that
   */
  StrangersRule(Rule rule, boolean readsResults, PluginThread thread) {
    this.rule = rule;
    this.readsResults = readsResults;
    this.thread = thread;
  }

  private <T, E extends Exception> T inPlace(PluginThread.Code<T, E> code) throws E {
    return PluginThread.inPlace(thread.classLoader(), code);
  }

  @Override
  public Verdict evaluate(Call call) throws InterruptedException {
    return inPlace(() -> rule.evaluate(call));
  }

  @Override
  public Explanation explain(Call call) throws InterruptedException {
    return inPlace(() -> rule.explain(call));
  }

  @Override
  public List<LimitUsage> usage(Call call) throws InterruptedException {
    return inPlace(() -> rule.usage(call));
  }

  @Override
  public Reservation reserve(Call call) throws InterruptedException {
    return inPlace(() -> StrangersReservation.of(rule.reserve(call), this));
  }

  @Override
  public boolean readsResults() {
    return readsResults;
  }

  @Override
  public Verdict evaluateResult(Call call, JsonNode result) throws InterruptedException {
    return inPlace(() -> rule.evaluateResult(call, result));
  }

  @Override
  public Optional<String> outage() {
    return inPlace(rule::outage);
  }

  @Override
  public void close() {
    thread.end(rule::close);
  }

  /**
   * What such a rule took.
   *
   * @param usage asked for on the thread that reserved, as the API says
   */
  private record StrangersReservation(
      Reservation reservation,
      Optional<Verdict.Deny> refusal,
      List<LimitUsage> usage,
      StrangersRule rule)
      implements Reservation {

    /** Of nothing, there is nothing: whoever reserved denies the call then. */
    @SuppressWarnings("NullAway") // strangers may return null, and so does this
    static Reservation of(Reservation made, StrangersRule rule) {
      if (made == null) {
        return null;
      }
      Optional<Verdict.Deny> refusal = made.refusal();
      return new StrangersReservation(
          made,
          refusal,
          refusal == null || refusal.isPresent() ? List.of() : List.copyOf(made.usage()),
          rule);
    }

    @Override
    public void settle(Outcome outcome) {
      rule.thread.end(() -> reservation.settle(outcome));
    }
  }
}
