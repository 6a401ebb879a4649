package dev.tollbar.rule.limits;

import dev.tollbar.api.Call;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.ResultConditions;
import dev.tollbar.api.RuleContext;
import java.util.Optional;

/** Which outcomes give back what their call took. */
record Refund(boolean toolErrors, Optional<ResultConditions> result) {

  /** Of calls that failed, and no others. */
  static final Refund OF_FAILURES = new Refund(false, Optional.empty());

  static Refund of(RefundOn on, RuleContext context) {
    return new Refund(
        on.toolErrors(),
        on.conditions().isEmpty()
            ? Optional.empty()
            : Optional.of(context.resultConditions("refund_on", on.conditions())));
  }

  /** Whether a result must be read for it. */
  boolean readsResults() {
    return result.isPresent();
  }

  boolean due(Call call, Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotDelivered _,
          Outcome.TransportFailed _,
          Outcome.Cancelled _,
          Outcome.ProtocolError _ ->
          true;
      case Outcome.Answered answered ->
          (toolErrors && answered.isError()) || resultSaysSo(call, answered);
    };
  }

  /** What cannot be read, or is of a type that cannot be judged, gives nothing back. */
  private boolean resultSaysSo(Call call, Outcome.Answered answered) {
    return result.isPresent()
        && answered.result().isPresent()
        && result.get().match(call, answered.result().get()) instanceof Match.Holds;
  }
}
