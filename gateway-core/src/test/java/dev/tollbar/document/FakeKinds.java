package dev.tollbar.document;

import dev.tollbar.api.Call;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.Default;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Secret;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.Tunable;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.api.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Small kinds with configs like those of the bundled plugins; every rule made is remembered. */
final class FakeKinds implements Kinds {

  record DenyConfig(Optional<String> reason) {}

  record ConditionsConfig(List<Condition> conditions) {}

  record RateConfig(int max, int window) {
    RateConfig {
      if (max < 1) {
        throw new InvalidConfigException("max", "at least 1", Integer.toString(max));
      }
    }
  }

  enum Fail {
    OPEN,
    CLOSED
  }

  record LimitConfig(
      @Tunable BigDecimal max,
      Optional<String> window,
      Optional<String> scope,
      Optional<String> counter,
      @Default("\"closed\"") Fail fail) {}

  record ScriptConfig(String file) {}

  record ApprovalConfig(
      Optional<List<Condition>> when,
      Optional<String> webhook,
      @Default("\"15m\"") Duration within) {}

  record BrokenConfig(String how) {
    BrokenConfig {
      if (how.equals("constructor")) {
        throw new IllegalStateException("secret text");
      }
    }
  }

  record StdioConfig(
      String command, @Default("[]") List<String> args, @Default("{}") Map<String, Secret> env) {}

  record Made(String kind, String pointer, Record config) {}

  final List<Made> made = new ArrayList<>();
  final List<String> closed = new ArrayList<>();

  @FunctionalInterface
  private interface Factory<C> {
    Verdict verdict(C config, RuleContext context, Call call);
  }

  private final class Kind<C extends Record> implements RuleKind<C> {
    private final String name;
    private final Class<C> type;
    private final Factory<C> factory;

    Kind(String name, Class<C> type, Factory<C> factory) {
      this.name = name;
      this.type = type;
      this.factory = factory;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Class<C> configType() {
      return type;
    }

    @Override
    public Rule create(C config, RuleContext context) {
      made.add(new Made(name, context.pointer(), config));
      switch (config) {
        case ConditionsConfig(var conditions) ->
            context.conditions("conditions", conditions, Conditions.Quantifier.ALL);
        case ApprovalConfig approval ->
            approval
                .when()
                .ifPresent(when -> context.conditions("when", when, Conditions.Quantifier.ANY));
        case ScriptConfig(String file) -> context.file("file", file);
        case BrokenConfig _ -> throw new IllegalStateException("secret text");
        default -> {}
      }
      return new Rule() {
        @Override
        public Verdict evaluate(Call call) {
          return factory.verdict(config, context, call);
        }

        @Override
        public void close() {
          closed.add(context.pointer());
        }
      };
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
    public UpstreamTransport open(StdioConfig config, TransportContext context) {
      if (config.command().equals("nowhere")) {
        throw new InvalidConfigException("command", "a program that exists", "\"nowhere\"");
      }
      if (config.command().equals("broken")) {
        throw new IllegalStateException("secret text");
      }
      return new UpstreamTransport() {
        @Override
        public UpstreamSession connect() {
          throw new IllegalStateException("not part of these tests");
        }

        @Override
        public Health health() {
          return new Health(true, config.command());
        }

        @Override
        public void close() {}
      };
    }
  }

  private final List<LoadedKind<RuleKind<?>>> rules =
      Stream.<RuleKind<?>>of(
              new Kind<>(
                  "deny",
                  DenyConfig.class,
                  (config, _, _) -> Verdict.deny(config.reason().orElse("Denied."))),
              new Kind<>("require", ConditionsConfig.class, (_, _, _) -> Verdict.permit()),
              new Kind<>("deny_if", ConditionsConfig.class, (_, _, _) -> Verdict.permit()),
              new Kind<>("rate_limit", RateConfig.class, (_, _, _) -> Verdict.permit()),
              new Kind<>("limits", LimitConfig.class, (_, _, _) -> Verdict.permit()),
              new Kind<>("script", ScriptConfig.class, (_, _, _) -> Verdict.permit()),
              new Kind<>("approval", ApprovalConfig.class, (_, _, _) -> Verdict.permit()),
              new Kind<>("broken", BrokenConfig.class, (_, _, _) -> Verdict.permit()))
          .sorted(Comparator.comparing(RuleKind::name))
          .<LoadedKind<RuleKind<?>>>map(
              kind -> new LoadedKind<>(kind, "rule-" + kind.name() + "@1", kind.name() + ".jar"))
          .toList();

  @Override
  public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
    return rules.stream().filter(loaded -> loaded.kind().name().equals(name)).findFirst();
  }

  @Override
  public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
    return transports().stream().filter(loaded -> loaded.kind().name().equals(name)).findFirst();
  }

  @Override
  public List<LoadedKind<RuleKind<?>>> rules() {
    return rules;
  }

  @Override
  public List<LoadedKind<TransportKind<?>>> transports() {
    return List.of(new LoadedKind<>(new Stdio(), "transport-stdio@1", "stdio.jar"));
  }

  /** Counters of which nothing is asked here. */
  static final Counters NO_COUNTERS =
      new Counters() {
        @Override
        public Reading peek(Limit limit, BigDecimal amount) {
          throw new IllegalStateException("not part of these tests");
        }

        @Override
        public Reading take(Limit limit, BigDecimal amount) {
          throw new IllegalStateException("not part of these tests");
        }
      };
}
