package dev.tollbar.rule.limits;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.Tunable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The config of {@code limits}: max and window, or concurrency. */
@Doc("A quota: at most so much in a window of time, or so many calls at once.")
public record LimitsConfig(
    @Doc("At most this much in the window: a whole number, or a decimal in quotes") @Tunable
        Optional<Max> max,
    @Doc(
            "second, minute, hour, day, week or month of the UTC calendar; or a duration such as"
                + " 90s, which rolls")
        Optional<LimitWindow> window,
    @Doc("At most this many calls at once; instead of max and window") @Tunable
        Optional<Long> concurrency,
    @Doc(
            "Whose counter: grant, server, session, global, an argument such as args.customer, or a"
                + " list of these. Servers count apart except with global")
        @Default("\"grant\"")
        Scopes scope,
    @Doc("The name of the counter; limits with one name share it") Optional<String> counter,
    @Doc("The argument whose value is counted, such as args.amount; left out: each call counts 1")
        Optional<String> amount,
    @Doc(
            "What gives the amount back beside a failed call: [\"is_error\"], a tool error; or"
                + " conditions, all of which hold of the result")
        @Default("[]")
        @Tunable
        RefundOn refundOn,
    @Doc(
            "What becomes of calls while the counters are out of reach: closed denies them, open"
                + " lets them pass")
        @Default("\"closed\"")
        @Tunable
        OnFailure fail) {

  public LimitsConfig {
    List<Problem> problems = new ArrayList<>();
    String shape = shape(max, window, concurrency, amount);
    if (!shape.isEmpty()) {
      problems.add(new Problem("", "max and window, or concurrency", shape));
    }
    if (concurrency.isPresent() && concurrency.get() < 1) {
      problems.add(
          new Problem(
              "concurrency", "a whole number, 1 or more", String.valueOf(concurrency.get())));
    }
    if (counter.isPresent() && counter.get().isBlank()) {
      problems.add(new Problem("counter", "a name", Quoted.text(counter.get())));
    }
    if (amount.isPresent() && ArgumentPath.parse(amount.get()).isEmpty()) {
      problems.add(
          new Problem("amount", "one argument such as args.amount", Quoted.text(amount.get())));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  /** What is wrong with the choice of keys; empty if nothing is. */
  private static String shape(
      Optional<Max> max,
      Optional<LimitWindow> window,
      Optional<Long> concurrency,
      Optional<String> amount) {
    List<String> found = new ArrayList<>();
    boolean present = concurrency.isPresent();
    max.filter(_ -> present).ifPresent(_ -> found.add("max"));
    window.filter(_ -> present).ifPresent(_ -> found.add("window"));
    amount.filter(_ -> present).ifPresent(_ -> found.add("amount"));
    if (present) {
      return found.isEmpty() ? "" : "concurrency with " + String.join(" and ", found);
    }
    if (max.isEmpty()) {
      found.add("no max");
    }
    if (window.isEmpty()) {
      found.add("no window");
    }
    return String.join(" and ", found);
  }
}
