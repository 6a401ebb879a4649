package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Question;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.api.Verdict;
import dev.tollbar.document.Kinds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of the plugins, but that every transport leads to the scenario's server, and no call
 * waits for people, who are not told by webhook either.
 */
record ScenarioKinds(Kinds kinds, UpstreamTransport server) implements Kinds {
  static final String TRANSPORT = "scenario";

  /** Nothing can be set. */
  record NoConfig() {}

  @Override
  public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
    return kinds.rule(name).map(ScenarioKinds::unheld);
  }

  @Override
  public List<LoadedKind<RuleKind<?>>> rules() {
    return kinds.rules();
  }

  @Override
  public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
    return name.equals(TRANSPORT)
        ? Optional.of(
            new LoadedKind<>(new ToServer<>(TRANSPORT, NoConfig.class, server), TRANSPORT, ""))
        : kinds.transport(name).map(this::toServer);
  }

  @Override
  public List<LoadedKind<TransportKind<?>>> transports() {
    return kinds.transports();
  }

  private static LoadedKind<RuleKind<?>> unheld(LoadedKind<RuleKind<?>> loaded) {
    return new LoadedKind<>(unheld(loaded.kind()), loaded.plugin(), loaded.jar());
  }

  private static <C extends Record> RuleKind<C> unheld(RuleKind<C> kind) {
    return new UnheldKind<>(kind);
  }

  private LoadedKind<TransportKind<?>> toServer(LoadedKind<TransportKind<?>> loaded) {
    return new LoadedKind<>(toServer(loaded.kind()), loaded.plugin(), loaded.jar());
  }

  private <C extends Record> TransportKind<C> toServer(TransportKind<C> kind) {
    return new ToServer<>(kind.name(), kind.configType(), server);
  }

  /** Takes the config of a kind, and leads to the scenario's server. */
  private record ToServer<C extends Record>(
      String name, Class<C> configType, UpstreamTransport server) implements TransportKind<C> {

    @Override
    public UpstreamTransport open(C config, TransportContext context) {
      return server;
    }
  }

  private record UnheldKind<C extends Record>(RuleKind<C> kind) implements RuleKind<C> {

    @Override
    public String name() {
      return kind.name();
    }

    @Override
    public Class<C> configType() {
      return kind.configType();
    }

    @Override
    public Rule create(C config, RuleContext context) {
      return new UnheldRule(kind.create(config, context));
    }
  }

  private record UnheldRule(Rule rule) implements Rule {

    @Override
    public Verdict evaluate(Call call) throws InterruptedException {
      Verdict verdict = rule.evaluate(call);
      if (!(verdict instanceof Verdict.Ask(Question question))) {
        return verdict;
      }
      return Verdict.ask(
          new Question(
              question.reason(),
              Optional.empty(),
              question.within(),
              Duration.ZERO,
              question.approvers(),
              question.reuse(),
              question.via()));
    }

    @Override
    public List<LimitUsage> usage(Call call) throws InterruptedException {
      return rule.usage(call);
    }

    @Override
    public Reservation reserve(Call call) throws InterruptedException {
      return rule.reserve(call);
    }

    @Override
    public boolean readsResults() {
      return rule.readsResults();
    }

    @Override
    public Verdict evaluateResult(Call call, JsonNode result) throws InterruptedException {
      return rule.evaluateResult(call, result);
    }

    @Override
    public void close() {
      rule.close();
    }
  }
}
