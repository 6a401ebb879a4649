package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Question;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ConfiguredRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A rule that does as it is told, and remembers what was done with it. */
final class FakeRule implements Rule {
  interface Evaluation {
    Verdict of(Call call) throws InterruptedException;
  }

  interface Reserving {
    Reservation of(Call call) throws InterruptedException;
  }

  interface ResultEvaluation {
    Verdict of(Call call, JsonNode result) throws InterruptedException;
  }

  private final String name;
  private final boolean shadow;
  private Evaluation evaluation = _ -> Verdict.permit();
  private Reserving reserving;
  private Optional<ResultEvaluation> onResult = Optional.empty();
  private Optional<String> onDeny = Optional.empty();

  final List<Call> evaluated = new CopyOnWriteArrayList<>();
  final List<Call> reserved = new CopyOnWriteArrayList<>();
  final List<Outcome> settled = new CopyOnWriteArrayList<>();

  private FakeRule(String name, boolean shadow) {
    this.name = name;
    this.shadow = shadow;
    this.reserving = _ -> settled::add;
  }

  /** Permits, and has a reservation for every call. */
  static FakeRule named(String name) {
    return new FakeRule(name, false);
  }

  static FakeRule shadow(String name) {
    return new FakeRule(name, true);
  }

  FakeRule evaluates(Evaluation with) {
    evaluation = with;
    return this;
  }

  FakeRule denies(String reason) {
    return evaluates(_ -> Verdict.deny(reason));
  }

  /** Asks a person, and does not wait for the answer. */
  FakeRule asks(String why) {
    Question question =
        new Question(why, Optional.empty(), Duration.ofMinutes(15), Duration.ZERO, 1);
    return evaluates(_ -> Verdict.ask(question));
  }

  FakeRule reserves(Reserving with) {
    reserving = with;
    return this;
  }

  FakeRule refuses(String reason) {
    return reserves(
        _ -> Reservation.refused(Verdict.overLimit(reason, Duration.ofSeconds(7), "0 of 60")));
  }

  FakeRule judges(ResultEvaluation with) {
    onResult = Optional.of(with);
    return this;
  }

  FakeRule says(String text) {
    onDeny = Optional.of(text);
    return this;
  }

  ConfiguredRule configured() {
    return new ConfiguredRule(
        "/policies/p/tools/pay/" + name,
        Optional.empty(),
        "fake",
        "fake@1",
        onDeny,
        shadow,
        MissingNode.getInstance(),
        this);
  }

  @Override
  public Verdict evaluate(Call call) throws InterruptedException {
    evaluated.add(call);
    return evaluation.of(call);
  }

  @Override
  public Reservation reserve(Call call) throws InterruptedException {
    reserved.add(call);
    return reserving.of(call);
  }

  @Override
  public boolean readsResults() {
    return onResult.isPresent();
  }

  @Override
  public Verdict evaluateResult(Call call, JsonNode result) throws InterruptedException {
    return onResult.orElseThrow().of(call, result);
  }
}
