package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.CountersFullException;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import dev.tollbar.rule.limits.Scopes.Scope;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One limit. Looks at its counter when it is evaluated, and takes from it when it reserves. */
final class LimitRule implements Rule {
  private final Quota quota;
  private final Optional<String> counter;
  private final Scopes scopes;
  private final Optional<Amount> amount;
  private final Refund refund;
  private final CounterAccess access;
  private final boolean byCaller;

  /** The limit of the last caller, who is often the next one, too. */
  private volatile Optional<OfCaller> last = Optional.empty();

  private record OfCaller(String grant, String server, Limit limit) {}

  LimitRule(
      Quota quota,
      Optional<String> counter,
      Scopes scopes,
      Optional<Amount> amount,
      Refund refund,
      CounterAccess access) {
    this.quota = quota;
    this.counter = counter;
    this.scopes = scopes;
    this.amount = amount;
    this.refund = refund;
    this.access = access;
    this.byCaller = scopes.byCaller();
  }

  @Override
  public Verdict evaluate(Call call) {
    if (counted(call)) {
      return Verdict.permit();
    }
    try {
      BigDecimal asked = asked(call);
      Reading reading = access.counters().peek(limit(call), asked);
      return reading.admitted() ? Verdict.permit() : denial(reading, asked);
    } catch (Refused refused) {
      return refused.denial();
    } catch (CountersFullException e) {
      return access.full(e);
    } catch (StoreUnavailableException e) {
      return access.unavailable(e).map(Verdict.class::cast).orElse(Verdict.permit());
    }
  }

  @Override
  public Explanation explain(Call call) {
    Verdict verdict = evaluate(call);
    if (counted(call)) {
      return new Explanation(verdict, List.of(Sight.counted()));
    }
    try {
      BigDecimal asked = asked(call);
      Limit limit = limit(call);
      Reading reading = access.counters().peek(limit, asked);
      return new Explanation(
          verdict, List.of(new Sight(quota, limit, amount, call.time()).of(reading, asked)));
    } catch (Refused | StoreUnavailableException _) {
      // The verdict says what is wrong with the argument, or that the counters are out of reach.
      return Explanation.of(verdict);
    }
  }

  @Override
  public Reservation reserve(Call call) {
    if (counted(call)) {
      return Reservation.NOTHING;
    }
    try {
      BigDecimal asked = asked(call);
      Reading reading = access.counters().take(limit(call), asked);
      return reading
          .ticket()
          .filter(_ -> reading.admitted())
          .map(ticket -> reservation(call, ticket, usage(call, reading)))
          .orElseGet(() -> Reservation.refused(denial(reading, asked)));
    } catch (Refused refused) {
      return Reservation.refused(refused.denial());
    } catch (CountersFullException e) {
      return Reservation.refused(access.full(e));
    } catch (StoreUnavailableException e) {
      return access.unavailable(e).map(Reservation::refused).orElse(Reservation.NOTHING);
    }
  }

  @Override
  public List<LimitUsage> usage(Call call) {
    try {
      return List.of(usage(call, access.counters().peek(limit(call), BigDecimal.ZERO)));
    } catch (Refused _) {
      return List.of(); // it denies this call itself, and says why
    }
  }

  @Override
  public boolean readsResults() {
    return refund.readsResults();
  }

  /** One call of several rounds counts once; each round is in flight by itself. */
  private boolean counted(Call call) {
    return call.continued() && !(quota.window() instanceof Window.InFlight);
  }

  private Reservation reservation(Call call, Ticket ticket, LimitUsage usage) {
    return new Reservation() {
      @Override
      public List<LimitUsage> usage() {
        return List.of(usage);
      }

      @Override
      public void settle(Outcome outcome) {
        if (quota.window() instanceof Window.InFlight || refund.due(call, outcome)) {
          access.giveBack(ticket);
        }
      }
    };
  }

  private LimitUsage usage(Call call, Reading reading) {
    return new LimitUsage(
        quota.phrase(),
        quota.max(),
        reading.remaining().max(BigDecimal.ZERO),
        Resets.after(quota.window(), call.time()));
  }

  private BigDecimal asked(Call call) throws Refused {
    return amount.isPresent() ? amount.get().of(call) : BigDecimal.ONE;
  }

  private Limit limit(Call call) throws Refused {
    if (!byCaller) {
      return newLimit(call);
    }
    Optional<OfCaller> known = last;
    if (known.isPresent()
        && known.get().grant().equals(call.grant())
        && known.get().server().equals(call.server())) {
      return known.get().limit();
    }
    Limit fresh = newLimit(call);
    last = Optional.of(new OfCaller(call.grant(), call.server(), fresh));
    return fresh;
  }

  private Limit newLimit(Call call) throws Refused {
    return new Limit(counter, key(call), call.grant(), quota.window(), quota.max());
  }

  /**
   * Each part names its kind, so that equal values of different scopes differ. The order of scopes
   * says nothing: limits that share a counter may have them in any.
   */
  private List<String> key(Call call) throws Refused {
    List<String> key = new ArrayList<>();
    for (Scope scope : scopes.scopes()) {
      switch (scope) {
        case Scope.Grant _ -> addOnce("grant " + call.grant(), key);
        case Scope.Session _ -> {
          // Sessions of two grants never count together, whatever they are called. Without one it
          // counts by grant, and still not together with a limit of the grant.
          addOnce("grant " + call.grant(), key);
          key.add(call.session().map(session -> "session " + session).orElse("no session"));
        }
        case Scope.Argument argument ->
            key.add(argument.path().quoted() + " " + value(argument.path(), call));
        case Scope.Server _, Scope.Global _ -> {}
      }
    }
    key.sort(null);
    if (!scopes.scopes().contains(new Scope.Global())) {
      key.addFirst("server " + call.server());
    }
    return key;
  }

  private static void addOnce(String part, List<String> key) {
    if (!key.contains(part)) {
      key.add(part);
    }
  }

  private static String value(ArgumentPath path, Call call) throws Refused {
    JsonNode value =
        path.find(call.arguments())
            .orElseThrow(() -> new Refused(path.text() + " is needed: calls are counted by it."));
    if (value.isNumber()) {
      // 1, 1.0 and 1e0 are one number, here as in conditions.
      return Amount.exact(path, value).stripTrailingZeros().toString();
    }
    if (!value.isValueNode()) {
      throw new Refused(path.text() + " must be a text, a number or a boolean.");
    }
    return value.toString();
  }

  /** As many as the maximum has, or more where there are more, whatever was given back before. */
  private String digits(BigDecimal left) {
    BigDecimal stripped = left.stripTrailingZeros();
    return stripped.setScale(Math.max(stripped.scale(), quota.max().scale())).toPlainString();
  }

  private Verdict.Deny denial(Reading reading, BigDecimal asked) {
    String remaining = digits(reading.remaining());
    if (asked.compareTo(quota.max()) > 0) {
      return new Verdict.Deny(
          Verdict.Code.LIMIT,
          "Above the limit: %s. This can never fit.".formatted(quota.phrase()),
          false,
          Optional.empty(),
          Optional.of(remaining));
    }
    String left = amount.isPresent() ? " Left: %s.".formatted(remaining) : "";
    return Verdict.overLimit(
        "Limit reached: %s.%s Try again in %s."
            .formatted(quota.phrase(), left, Durations.atLeast(reading.retryAfter())),
        reading.retryAfter(),
        remaining);
  }
}
