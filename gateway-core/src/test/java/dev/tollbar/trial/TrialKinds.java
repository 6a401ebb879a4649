package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.Default;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Question;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.Verdict;
import dev.tollbar.document.Kinds;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Rule kinds in small: what is needed of the bundled ones to try documents. */
final class TrialKinds implements Kinds {

  record DenyConfig(@Default("\"Denied.\"") String reason) {}

  record DenyIfConfig(List<Condition> conditions) {}

  record LimitConfig(BigDecimal max, Optional<String> counter) {}

  record ApprovalConfig(@Default("1") int approvers, @Default("\"15m\"") Duration within) {}

  record ResultConfig(String word) {}

  record StdioConfig(String command) {}

  private interface Maker<C> {
    Rule make(C config, RuleContext context);
  }

  private record Kind<C extends Record>(String name, Class<C> configType, Maker<C> maker)
      implements RuleKind<C> {
    @Override
    public Rule create(C config, RuleContext context) {
      return maker.make(config, context);
    }
  }

  private record Stdio() implements TransportKind<StdioConfig> {
    @Override
    public String name() {
      return "stdio";
    }

    @Override
    public Class<StdioConfig> configType() {
      return StdioConfig.class;
    }

    @Override
    public dev.tollbar.api.UpstreamTransport open(
        StdioConfig config, dev.tollbar.api.TransportContext context) {
      throw new IllegalStateException("no server is reached in a trial");
    }
  }

  private static Rule denyIf(DenyIfConfig config, RuleContext context) {
    Conditions conditions =
        context.conditions("conditions", config.conditions(), Conditions.Quantifier.ANY);
    return new Rule() {
      @Override
      public Verdict evaluate(Call call) {
        return switch (conditions.match(call)) {
          case Conditions.Match.Holds _ -> Verdict.deny("This call is not permitted.");
          case Conditions.Match.Fails _ -> Verdict.permit();
          case Conditions.Match.WrongType(String reason) -> Verdict.deny(reason);
        };
      }

      @Override
      public Explanation explain(Call call) {
        return new Explanation(evaluate(call), conditions.observe(call));
      }
    };
  }

  private static Rule limit(LimitConfig config, RuleContext context) {
    return new Rule() {
      private Counters.Limit of(Call call) {
        return new Counters.Limit(
            config.counter(),
            List.of(call.grant()),
            call.grant(),
            Counters.Window.Calendar.MINUTE,
            config.max());
      }

      @Override
      public Verdict evaluate(Call call) {
        Counters.Reading reading = context.counters().peek(of(call), BigDecimal.ONE);
        return reading.admitted() ? Verdict.permit() : over(reading);
      }

      private Verdict.Deny over(Counters.Reading reading) {
        return Verdict.overLimit(
            "Limit reached.", reading.retryAfter(), reading.remaining().toPlainString());
      }

      @Override
      public Reservation reserve(Call call) {
        Counters.Reading reading = context.counters().take(of(call), BigDecimal.ONE);
        return reading
            .ticket()
            .<Reservation>map(ticket ->
                outcome -> {
                  if (!(outcome instanceof Outcome.Answered)) {
                    ticket.giveBack();
                  }
                })
            .orElseGet(() -> Reservation.refused(over(reading)));
      }
    };
  }

  private static Rule result(ResultConfig config, RuleContext context) {
    return new Rule() {
      @Override
      public Verdict evaluate(Call call) {
        return Verdict.permit();
      }

      @Override
      public boolean readsResults() {
        return true;
      }

      @Override
      public Verdict evaluateResult(Call call, JsonNode result) {
        return result.toString().contains(config.word())
            ? Verdict.deny("The result holds what it must not.")
            : Verdict.permit();
      }
    };
  }

  private static final List<LoadedKind<RuleKind<?>>> RULES =
      List.of(
          loaded(
              new Kind<>(
                  "approval",
                  ApprovalConfig.class,
                  (config, _) ->
                      _ ->
                          Verdict.ask(
                              new Question(
                                  "",
                                  Optional.empty(),
                                  config.within(),
                                  Duration.ofHours(1),
                                  config.approvers())))),
          loaded(
              new Kind<>(
                  "deny", DenyConfig.class, (config, _) -> _ -> Verdict.deny(config.reason()))),
          loaded(new Kind<>("deny_if", DenyIfConfig.class, TrialKinds::denyIf)),
          loaded(new Kind<>("limits", LimitConfig.class, TrialKinds::limit)),
          loaded(new Kind<>("result", ResultConfig.class, TrialKinds::result)));

  private static LoadedKind<RuleKind<?>> loaded(RuleKind<?> kind) {
    return new LoadedKind<>(kind, "rule-" + kind.name() + "@1", kind.name() + ".jar");
  }

  @Override
  public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
    return RULES.stream().filter(kind -> kind.kind().name().equals(name)).findFirst();
  }

  @Override
  public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
    return transports().stream().filter(kind -> kind.kind().name().equals(name)).findFirst();
  }

  @Override
  public List<LoadedKind<RuleKind<?>>> rules() {
    return RULES;
  }

  @Override
  public List<LoadedKind<TransportKind<?>>> transports() {
    return List.of(new LoadedKind<>(new Stdio(), "transport-stdio@1", "stdio.jar"));
  }
}
