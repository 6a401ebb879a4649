package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Tool;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ArgumentCheck.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A compiled policy: decides calls and filters lists (policy language, section 4). Free of effects;
 * safe for use by many threads.
 */
public final class Policy {

  /** What a server may ask of a client. */
  public enum ServerRequest {
    SAMPLING,
    ELICITATION,
    ROOTS
  }

  private static final String NO_POLICY = "(no policy)";
  private static final String HIDDEN = "(hidden)";
  private static final String DEFAULT_DENY = "(default deny)";

  /** What denies arguments that the tool does not take. */
  public static final String INPUT_SCHEMA = "(input schema)";

  /** What denies resources whose URI can name another one. */
  public static final String RESOURCE_URI = "(resource uri)";

  private static final String NOT_SEEN =
      "The gateway has not seen this tool in the server's own list yet; list the tools first.";

  private final String name;
  private final boolean absent;
  private final boolean shadow;
  private final Map<Section, SectionRules> sections;
  private final Set<ServerRequest> refused;
  private final RecordedValues recorded;
  private final ArgumentValidation validation;

  /**
   * A policy of a document.
   *
   * @param shadow whether nothing that it says is acted on. Its rules must be shadow rules then
   * @param sections what it says; a section left out is untouched
   * @param refused what servers may not ask
   */
  public Policy(
      String name,
      boolean shadow,
      Map<Section, SectionRules> sections,
      Collection<ServerRequest> refused) {
    this(name, false, shadow, sections, refused, RecordedValues.NONE, ArgumentValidation.NEVER);
  }

  private Policy(
      String name,
      boolean absent,
      boolean shadow,
      Map<Section, SectionRules> sections,
      Collection<ServerRequest> refused,
      RecordedValues recorded,
      ArgumentValidation validation) {
    this.recorded = recorded;
    this.validation = validation;
    this.name = name;
    this.absent = absent;
    this.shadow = shadow;
    this.sections = Map.copyOf(sections);
    this.refused = Set.copyOf(refused);
  }

  /** Where there is no policy: denies everything, shows nothing. */
  public static Policy none() {
    return new Policy(
        NO_POLICY,
        true,
        false,
        Map.of(),
        List.of(ServerRequest.values()),
        RecordedValues.NONE,
        ArgumentValidation.NEVER);
  }

  /** The same policy, of whose calls these values are recorded. */
  public Policy recording(RecordedValues values) {
    return new Policy(name, absent, shadow, sections, refused, values, validation);
  }

  /** The same policy, with another word on the arguments of tools. */
  public Policy validating(ArgumentValidation arguments) {
    return new Policy(name, absent, shadow, sections, refused, recorded, arguments);
  }

  /** Whether it has arguments of tools checked. */
  public ArgumentValidation validation() {
    return validation;
  }

  /** Which values of arguments it wants in records. */
  public RecordedValues recorded() {
    return recorded;
  }

  /** The arguments of a call that are to stand in its record with their values, by their paths. */
  public Map<String, JsonNode> recorded(Section section, Call call) {
    return section == Section.TOOLS ? recorded.of(call.tool(), call.arguments()) : Map.of();
  }

  public String name() {
    return name;
  }

  /** Whether the whole policy is in shadow mode. */
  public boolean shadow() {
    return shadow;
  }

  /** What it says about one section; empty if that is untouched. */
  public Optional<SectionRules> section(Section section) {
    return Optional.ofNullable(sections.get(section));
  }

  /** Every rule of the policy. */
  public List<ConfiguredRule> rules() {
    return Stream.of(Section.values())
        .flatMap(section -> section(section).stream())
        .flatMap(rules ->
            Stream.concat(
                rules.all().stream(),
                rules.entries().stream().flatMap(entry -> entry.rules().stream())))
        .toList();
  }

  /** Why every call is denied, also one that no section is about; empty where there is a policy. */
  public Optional<Denial> refusesAll() {
    return absent
        ? Optional.of(
            Denial.of(DenialCode.NO_POLICY, NO_POLICY, "No policy permits calls to this server."))
        : Optional.empty();
  }

  /** Whether a server may send such requests to the client: in shadow mode it always may. */
  public boolean permits(ServerRequest request) {
    return shadow || !refuses(request);
  }

  /** Whether it says that a server may not send such requests to the client. */
  public boolean refuses(ServerRequest request) {
    return refused.contains(request);
  }

  /** Whether a list shows this tool, prompt or resource. */
  public boolean visible(Section section, Tool tool) {
    if (absent) {
      return false;
    }
    return shadow || section(section).map(rules -> !rules.applicable(tool).hidden()).orElse(true);
  }

  /** What it has for a tool, prompt or resource. */
  public Treatment treatment(Section section, Tool tool) {
    if (absent) {
      return new Treatment(false, true, List.of());
    }
    SectionRules rules = sections.get(section);
    if (rules == null) {
      return new Treatment(false, false, List.of());
    }
    SectionRules.Applicable applicable = rules.applicable(tool);
    return new Treatment(
        applicable.hidden() && !shadow,
        (applicable.refused() || applicable.unknown()) && !shadow,
        applicable.rules());
  }

  /**
   * Decides a call: hidden, not listed, a URI that may name another resource, arguments that the
   * tool does not take, then the rules in document order. The first denial wins and the rest does
   * not run. Shadow rules run and are recorded, and change nothing.
   *
   * @param check judges the arguments, if the policy wants that
   */
  public Decision decide(Call call, Section section, ArgumentCheck check, Evaluator evaluator) {
    Optional<Denial> all = refusesAll();
    if (all.isPresent()) {
      return denied(all.get());
    }
    SectionRules rules = sections.get(section);
    if (rules == null) {
      return new Decision.Permitted(List.of(), List.of(), List.of());
    }
    SectionRules.Applicable applicable = rules.applicable(call.tool());
    List<Denial> own = new ArrayList<>(0);
    unlisted(applicable, section).ifPresent(own::add);
    if (own.isEmpty() || shadow) {
      ambiguous(call.tool().name(), section, rules).ifPresent(own::add);
    }
    if (own.isEmpty() || shadow) {
      misfit(call, section, check).ifPresent(own::add);
    }
    return own.isEmpty() || shadow
        ? evaluate(call, applicable.rules(), own, evaluator)
        : denied(own.getFirst());
  }

  private static Optional<Denial> ambiguous(String name, Section section, SectionRules rules) {
    return section == Section.RESOURCES && rules.mayMistake(name) && !PlainUri.is(name)
        ? Optional.of(
            Denial.of(
                DenialCode.RULE,
                RESOURCE_URI,
                "This URI may name another resource than it says: expected one without \".\" and"
                    + " \"..\", backslashes and control characters, encoded ones included."))
        : Optional.empty();
  }

  private Optional<Denial> misfit(Call call, Section section, ArgumentCheck check) {
    if (validation == ArgumentValidation.NEVER || section != Section.TOOLS) {
      return Optional.empty();
    }
    return switch (check.check(call.arguments())) {
      case Finding.Fits _ -> Optional.empty();
      case Finding.Differs(String faults) ->
          Optional.of(
              Denial.of(
                  DenialCode.RULE,
                  INPUT_SCHEMA,
                  "The arguments do not fit the tool's input schema: " + faults + "."));
      case Finding.Unchecked unchecked when validation == ArgumentValidation.ALWAYS ->
          Optional.of(
              Denial.of(
                  DenialCode.RULE_ERROR,
                  INPUT_SCHEMA,
                  unchecked.seen() ? "The tool's input schema cannot be used." : NOT_SEEN));
      case Finding.Unchecked _ -> Optional.empty();
    };
  }

  private static Optional<Denial> unlisted(SectionRules.Applicable applicable, Section section) {
    if (applicable.hidden()) {
      return Optional.of(
          Denial.of(DenialCode.HIDDEN, HIDDEN, "This " + section.noun() + " is not available."));
    }
    if (applicable.unknown()) {
      return Optional.of(Denial.of(DenialCode.DEFAULT_DENY, DEFAULT_DENY, NOT_SEEN));
    }
    if (applicable.refused()) {
      return Optional.of(
          Denial.of(
              DenialCode.DEFAULT_DENY,
              DEFAULT_DENY,
              "The policy does not permit this " + section.noun() + "."));
    }
    return Optional.empty();
  }

  private static Decision evaluate(
      Call call, List<ConfiguredRule> rules, List<Denial> shadowed, Evaluator evaluator) {
    List<RuleVerdict> trace = new ArrayList<>(rules.size() + shadowed.size());
    shadowed.forEach(denial -> trace.add(recorded(denial)));
    List<Decision.Asked> asked = new ArrayList<>(0);
    Call limited = new LimitedCall(call, rules, evaluator);
    for (ConfiguredRule rule : rules) {
      Verdict verdict = evaluator.evaluate(rule, limited);
      trace.add(new RuleVerdict(rule, verdict));
      if (rule.shadow()) {
        continue;
      }
      switch (verdict) {
        case Verdict.Permit _ -> {}
        case Verdict.Deny deny -> {
          return new Decision.Denied(denial(rule, deny), List.copyOf(trace));
        }
        case Verdict.Ask(var question) -> asked.add(new Decision.Asked(rule, question));
      }
    }
    return new Decision.Permitted(rules, List.copyOf(asked), List.copyOf(trace));
  }

  /** What agents are told when a rule denies. */
  public static Denial denial(ConfiguredRule rule, Verdict.Deny deny) {
    String reason = deny.keepReason() ? deny.reason() : rule.onDeny().orElse(deny.reason());
    return new Denial(code(deny.code()), rule.name(), reason, deny.retryAfter(), deny.remaining());
  }

  private static DenialCode code(Verdict.Code code) {
    return switch (code) {
      case RULE -> DenialCode.RULE;
      case LIMIT -> DenialCode.LIMIT;
      case RULE_ERROR -> DenialCode.RULE_ERROR;
      case STORE_UNAVAILABLE -> DenialCode.STORE_UNAVAILABLE;
    };
  }

  private static Decision denied(Denial denial) {
    return new Decision.Denied(denial, List.of());
  }

  /** What a policy in shadow mode would have denied by itself, as a line of the trace. */
  private static RuleVerdict recorded(Denial denial) {
    Verdict.Deny verdict = Verdict.deny(denial.reason());
    Rule rule = _ -> verdict;
    return new RuleVerdict(
        new ConfiguredRule(
            denial.rule(),
            Optional.empty(),
            denial.rule(),
            "",
            Optional.empty(),
            true,
            MissingNode.getInstance(),
            rule),
        verdict);
  }
}
