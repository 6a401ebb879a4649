package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Counters;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Tool;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.Verdict;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.ReadContext.CounterSource;
import dev.tollbar.document.Reading;
import dev.tollbar.pipeline.Metering;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.plugins.Bundled;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginLoader;
import dev.tollbar.policy.ArgumentCheck;
import dev.tollbar.policy.ArgumentCheck.Finding;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import dev.tollbar.policy.Section;
import dev.tollbar.upstream.ToolCatalog;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.helpers.NOPLogger;

/** The evaluator that is proved: the real reader, with the rule kinds of the real jars. */
final class Proof {
  private final DocumentReader reader;
  private final Path folder;

  /**
   * Calls of which each is the first one.
   *
   * @param folder where a document is put to be read
   */
  Proof(Generation generation, Path folder) {
    this(generation, folder, () -> Instant.EPOCH, (_, _, _) -> new UnusedCounters());
  }

  /** Calls that come one after the other. */
  Proof(Generation generation, Path folder, InstantSource clock, CounterSource counters) {
    this.folder = folder;
    this.reader =
        new DocumentReader(
            new ReadContext(
                new JarKinds(generation), Map.of(), counters, clock, _ -> NOPLogger.NOP_LOGGER));
  }

  /** The rule kinds of the real jars, which run in place as they do in a gateway they came with. */
  static Generation load(Path folder) throws IOException, InterruptedException {
    Path jars = Path.of("target", "plugins");
    Set<String> digests = new HashSet<>();
    try (Stream<Path> files = Files.list(jars)) {
      for (Path jar : files.toList()) {
        digests.add(HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(jar))));
      }
    }
    return new PluginLoader(new Bundled(digests), _ -> Optional.empty())
        .load(jars, folder.resolve("plugins"));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Of nothing was ever taken. */
  private static final class UnusedCounters implements Counters {
    @Override
    public Counters.Reading peek(Limit limit, BigDecimal amount) {
      return new Counters.Reading(
          amount.compareTo(limit.max()) <= 0, limit.max(), Duration.ZERO, Optional.empty());
    }

    @Override
    public Counters.Reading take(Limit limit, BigDecimal amount) {
      throw new IllegalStateException("deciding takes nothing");
    }
  }

  /** What the jars supply. */
  private record JarKinds(Generation generation) implements Kinds {
    @Override
    public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
      return rules().stream().filter(kind -> kind.kind().name().equals(name)).findFirst();
    }

    @Override
    public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
      return Optional.empty();
    }

    @Override
    public List<LoadedKind<RuleKind<?>>> rules() {
      return generation.ruleKinds().values().stream()
          .map(kind -> new LoadedKind<RuleKind<?>>(kind.kind(), kind.plugin(), kind.jar()))
          .toList();
    }

    @Override
    public List<LoadedKind<TransportKind<?>>> transports() {
      return List.of();
    }
  }

  Reading read(byte[] document) throws IOException {
    Path file = folder.resolve("policy.json");
    Files.write(file, document);
    return reader.readPolicy(file, "p");
  }

  /** Reads a file of either version, which may hold anything. */
  Reading check(byte[] document, String ending) throws IOException {
    Path file = folder.resolve("document" + ending);
    Files.write(file, document);
    return reader.check(file);
  }

  static Said decide(Policy policy, Situation situation) {
    Decision decision = decide(policy, situation, new RealCall(situation, tool(situation)));
    return new Said(said(decision), decision.trace().stream().map(Proof::line).toList());
  }

  /**
   * What is said to a call on its whole way.
   *
   * @param reservations what it holds; to be settled
   */
  record Made(Said said, List<Reservation> reservations) {}

  /** Decides, and takes from limits what it takes; who is asked says yes. */
  static Made make(Policy policy, Situation situation, RuleWatch watch) {
    Call call = new RealCall(situation, tool(situation));
    Decision decision = decide(policy, situation, call);
    Notes notes = new Notes(decision);
    if (!(decision instanceof Decision.Permitted permitted)) {
      return new Made(new Said(said(decision), notes.lines), List.of());
    }
    return switch (new Metering(watch).take(permitted.rules(), call, notes)) {
      case Metering.Refused(Denial denial) ->
          new Made(new Said(said(denial), notes.lines), List.of());
      case Metering.Taken(List<Reservation> reservations) ->
          new Made(new Said(said(decision), notes.lines), reservations);
    };
  }

  /** What rules say, and what they take. */
  private static final class Notes implements Metering.Notes {
    private final List<String> lines = new ArrayList<>();
    private final Set<ConfiguredRule> denied = new HashSet<>();

    Notes(Decision decision) {
      decision.trace().forEach(this::verdict);
    }

    @Override
    public void used(ConfiguredRule rule, List<LimitUsage> usage) {
      usage.forEach(each ->
          lines.add(
              rule.name() + " leaves " + each.remaining().stripTrailingZeros().toPlainString()));
    }

    @Override
    public void verdict(RuleVerdict said) {
      lines.add(line(said));
      if (said.verdict() instanceof Verdict.Deny) {
        denied.add(said.rule());
      }
    }

    @Override
    public boolean hasDenied(ConfiguredRule rule) {
      return denied.contains(rule);
    }
  }

  private static Decision decide(Policy policy, Situation situation, Call of) {
    return policy.decide(
        of,
        Section.valueOf(situation.section().toUpperCase(Locale.ROOT)),
        check(situation.check()),
        (rule, call) -> {
          try {
            return rule.rule().evaluate(call);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static String said(Decision decision) {
    return switch (decision) {
      case Decision.Denied(Denial denial, var _) -> said(denial);
      case Decision.Permitted permitted when permitted.asked().isEmpty() -> "permit";
      case Decision.Permitted permitted ->
          "ask " + permitted.asked().stream().map(asked -> asked.rule().name()).toList();
    };
  }

  private static String said(Denial denial) {
    return "deny %s | %s | %s".formatted(denial.code().wire(), denial.rule(), denial.reason());
  }

  private static Tool tool(Situation situation) {
    return situation.seen() ? ToolCatalog.tool(situation.entry()) : Tool.named(situation.name());
  }

  private static ArgumentCheck check(String found) {
    Finding finding =
        switch (found) {
          case "differs" -> new Finding.Differs("args.x is missing");
          case "unseen" -> new Finding.Unchecked(false, "");
          case "unusable" -> new Finding.Unchecked(true, "");
          default -> new Finding.Fits();
        };
    return _ -> finding;
  }

  private static String line(RuleVerdict said) {
    String shadow = said.rule().shadow() ? " shadow " : " ";
    String verdict =
        switch (said.verdict()) {
          case Verdict.Permit _ -> "permit";
          case Verdict.Deny deny -> "deny " + deny.reason();
          case Verdict.Ask(var question) -> "ask " + question.reason();
        };
    return (said.rule().name() + shadow + verdict).strip();
  }

  private record RealCall(Situation situation, Tool tool) implements Call {
    @Override
    public String grant() {
      return situation.grant();
    }

    @Override
    public Map<String, String> labels() {
      return situation.labels();
    }

    @Override
    public String server() {
      return situation.server();
    }

    @Override
    public String policy() {
      return "p";
    }

    @Override
    public Optional<String> session() {
      return situation.session();
    }

    @Override
    public String protocolRevision() {
      return "2025-11-25";
    }

    @Override
    public String method() {
      return "tools/call";
    }

    @Override
    public ObjectNode arguments() {
      return situation.arguments();
    }

    @Override
    public Instant time() {
      return situation.time();
    }
  }

  static byte[] bytes(JsonNode document) {
    return document.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
