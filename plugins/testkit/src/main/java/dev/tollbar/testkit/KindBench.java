package dev.tollbar.testkit;

import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Sources;
import dev.tollbar.state.MemoryCounters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Makes rules of a kind for tests, as a gateway makes them of a document: with the config read into
 * its record, a clock that the test moves, counters of the gateway's make and files of the
 * document's folder. All rules of a bench count as one rule whose document is read again and again.
 * The rules are the test's to close. For one thread; the rules are for many.
 */
public final class KindBench {
  static final String POLICY = "policy";
  static final String RULE = "/policies/" + POLICY + "/tools/*/";
  static final String PLUGIN = "the plugin under test";

  private final RuleKind<?> kind;
  private final TestClock clock = new TestClock(TestCall.TIME);
  private final ReadContext.CounterSource counters;
  private final SortedMap<String, String> files = new TreeMap<>();

  KindBench(RuleKind<?> kind, UnaryOperator<ReadContext.CounterSource> spy) {
    this.kind = kind;
    MemoryCounters memory = new MemoryCounters(clock);
    this.counters = spy.apply(memory::counters);
  }

  /** A bench of its own, on which nothing was counted. */
  public static KindBench of(RuleKind<?> kind) {
    return new KindBench(kind, counters -> counters);
  }

  /** Puts a file into the document's folder. */
  public KindBench file(String path, String text) {
    files.put(path, text);
    return this;
  }

  /** The clock of rules and counters; it stands at {@link TestCall#TIME} first. */
  public TestClock clock() {
    return clock;
  }

  /**
   * A rule.
   *
   * @param config as it stands under the kind's name in a document, in JSON or YAML on one line
   * @throws AssertionError with the problems if a document with it is refused
   */
  public Rule rule(String config) {
    Made made = make(config);
    return made.rule()
        .orElseThrow(() -> new AssertionError(config + ": " + String.join("\n", made.problems())));
  }

  /**
   * Why a config is refused: a line a problem, with the key below the config and what was expected;
   * empty if it is not.
   */
  public String refusal(String config) {
    Made made = make(config);
    made.rule().ifPresent(Rule::close);
    return String.join("\n", made.problems());
  }

  /** What came of a config. */
  record Made(Optional<Rule> rule, List<String> problems) {
    /** Whether the kind threw what nobody expects. */
    boolean failed() {
      return problems.stream().anyMatch(problem -> problem.contains(PLUGIN + " failed"));
    }
  }

  Made make(String config) {
    Capturing<?> capturing = capturing(kind);
    ReadContext context =
        new ReadContext(
            OneKind.of(new Kinds.LoadedKind<>(capturing, PLUGIN, "plugin.jar")),
            Map.of(),
            counters,
            clock,
            name -> LoggerFactory.getLogger("rule." + name));
    String document =
        "{version: '2', policies: {%s: {default: deny, tools: {'*': {%s: %s}}}}}"
            .formatted(POLICY, kind.name(), config);
    return switch (new DocumentReader(context)
        .readAgain(new Sources("document.yaml", document, files))) {
      case Reading.Loaded _ -> new Made(Optional.ofNullable(capturing.made), List.of());
      case Reading.Rejected rejected ->
          new Made(Optional.empty(), rejected.problems().stream().map(KindBench::inWords).toList());
    };
  }

  private static String inWords(Problem problem) {
    String key = problem.pointer();
    if (key.startsWith(RULE)) {
      int end = key.indexOf('/', RULE.length());
      key = end < 0 ? "" : key.substring(end + 1);
    }
    return key.isEmpty() ? problem.message() : key + ": " + problem.message();
  }

  private static <C extends Record> Capturing<C> capturing(RuleKind<C> kind) {
    return new Capturing<>(kind);
  }

  /** Keeps the rule that was made. */
  private static final class Capturing<C extends Record> implements RuleKind<C> {
    private final RuleKind<C> kind;
    private @Nullable Rule made;

    Capturing(RuleKind<C> kind) {
      this.kind = kind;
    }

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
      Rule rule = kind.create(config, context);
      made = rule;
      return rule;
    }
  }
}
