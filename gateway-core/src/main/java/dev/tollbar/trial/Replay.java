package dev.tollbar.trial;

import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionReader;
import dev.tollbar.audit.UpstreamOutcome;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.pipeline.Metering;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.policy.ArgumentCheck;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recorded calls against a candidate for the document. What a record does not say is not guessed:
 * where a rule looks at it, the call counts as one that could not be judged. One thread; close it.
 */
public final class Replay implements AutoCloseable {
  private static final String OF_TOOLS = "what the server says of its tools";

  private final Bench bench;
  private final Setting setting;
  private final RuleWatch watch;
  private final Metering metering;
  private final ReplayReport report;

  private Replay(Bench bench, Setting setting, RuleWatch watch, ReplayReport report) {
    this.bench = bench;
    this.setting = setting;
    this.watch = watch;
    this.metering = new Metering(watch);
    this.report = report;
  }

  /**
   * Begins a replay.
   *
   * @param candidate a gateway's document, or one policy, which is then in force for all
   * @param stored grants beside those of the document
   * @throws DocumentException with everything that is wrong with the candidate
   */
  public static Replay open(Path candidate, Collection<Grant> stored, Offline offline)
      throws DocumentException {
    Setting setting = new Setting();
    DocumentReader reader = new DocumentReader(offline.context(setting, setting));
    return switch (reader.compare(candidate)) {
      case Reading.Rejected rejected -> throw new DocumentException(rejected.problems());
      case Reading.Loaded(Revision revision) ->
          new Replay(
              Bench.of(revision, stored),
              setting,
              offline.watch(),
              new ReplayReport(candidate.toString(), revision.id()));
    };
  }

  /** One rule's say, and why it is not known, if it is not. */
  private final class Asking {
    private final Map<ConfiguredRule, String> unknown = new HashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private final RecordedCall call;

    Asking(RecordedCall call) {
      this.call = call;
    }

    /**
     * What is not known counts as permitted, so that later rules get their say.
     *
     * @param limited the call, with what is left of its limits in this replay
     */
    Verdict ask(ConfiguredRule rule, Call limited) {
      call.forget();
      Verdict verdict = watch.evaluate(rule, limited);
      Optional<String> missing = missing(rule, limited);
      if (missing.isEmpty()) {
        return verdict;
      }
      unknown.put(rule, missing.get());
      if (!rule.shadow()) {
        reasons.add(rule.name() + " looks at " + missing.get());
      }
      return Verdict.permit();
    }

    private Optional<String> missing(ConfiguredRule rule, Call limited) {
      if (!call.recorded().missed().isEmpty()) {
        return Optional.of(String.join(", ", call.recorded().missed()));
      }
      if (!call.toolAsked()) {
        return Optional.empty();
      }
      List<Observation> seen = watch.explain(rule, limited).observations();
      // A rule that does not tell what it looked at may have looked at anything.
      return seen.isEmpty() || seen.stream().anyMatch(Asking::isOfTool)
          ? Optional.of(OF_TOOLS)
          : Optional.empty();
    }

    private static boolean isOfTool(Observation seen) {
      return seen.subject().startsWith("tool.category")
          || seen.subject().startsWith("tool.annotations")
          || seen.parts().stream().anyMatch(Asking::isOfTool);
    }
  }

  /** Judges one recorded call, after those that came before it. */
  public void add(DecisionReader.Entry record) {
    Optional<Section> section = record.text("method").flatMap(TrialCall::section);
    Optional<Standing> before = Standing.of(record);
    if (section.isEmpty() || before.isEmpty() || record.text("tool").isEmpty()) {
      report.notOfAPolicy();
      return;
    }
    Instant now = record.time();
    setting.moveTo(now.isBefore(setting.instant()) ? setting.instant() : now);
    String grant = record.text("grant").orElse("");
    switch (bench.access(grant, record.text("server").orElse(""), now)) {
      case Access.Refused refused -> report.judged(record, before.get(), Standing.refused(refused));
      case Access.Granted(Map<String, String> labels, Policy policy) ->
          judge(
              record,
              before.get(),
              policy,
              new RecordedCall(record, section.get(), labels, policy.name()));
    }
  }

  private void judge(
      DecisionReader.Entry record, Standing before, Policy policy, RecordedCall call) {
    Section section = call.section();
    if (!call.toolKnown() && policy.section(section).map(SectionRules::needsSeen).orElse(false)) {
      report.unknown(record, "the policy selects by " + OF_TOOLS);
      return;
    }
    // Records hold no schemas: what fitted then counts as fitting, and the rest is not known.
    if (record.text("rule").filter(Policy.INPUT_SCHEMA::equals).isPresent()) {
      report.unknown(record, "the arguments did not fit the tool's input schema");
      return;
    }
    Asking asking = new Asking(call);
    Decision decision =
        policy.decide(call, section, ArgumentCheck.NONE, watch.evaluatingBy(asking::ask));
    switch (decision) {
      case Decision.Denied denied ->
          report.judged(
              record,
              before,
              asking.reasons.isEmpty() ? Standing.deny(denied.denial()) : Standing.denyAnyway());
      case Decision.Permitted permitted -> {
        Optional<Standing> metered = meter(record, permitted, asking);
        if (!asking.reasons.isEmpty()) {
          report.unknown(record, String.join("; ", asking.reasons));
        } else if (!permitted.asked().isEmpty()) {
          report.judged(record, before, Standing.ask(permitted.asked().getFirst().rule().name()));
        } else {
          report.judged(record, before, metered.orElseGet(Standing::permit));
        }
      }
    }
  }

  /**
   * Counts the call, unless the record says that it ended before. What cannot be judged counts as
   * it did; so does what waited for a person.
   */
  private Optional<Standing> meter(
      DecisionReader.Entry record, Decision.Permitted permitted, Asking asking) {
    for (ConfiguredRule rule : permitted.rules()) {
      if (rule.rule().readsResults() && !rule.shadow()) {
        asking.reasons.add(rule.name() + " looks at results");
      }
    }
    boolean happened = record.text("decision").filter("permit"::equals).isPresent();
    boolean open = !asking.reasons.isEmpty() || !permitted.asked().isEmpty();
    if (open && !happened) {
      return Optional.empty();
    }
    List<ConfiguredRule> known =
        permitted.rules().stream().filter(rule -> !asking.unknown.containsKey(rule)).toList();
    return switch (metering.take(known, asking.call, new Unheard())) {
      case Metering.Refused refused -> Optional.of(Standing.deny(refused.denial()));
      case Metering.Taken taken -> {
        Metering.settle(taken.reservations(), outcome(record));
        yield Optional.empty();
      }
    };
  }

  /** What became of it at the server; of a call that did not get there before: an answer. */
  private static Outcome outcome(DecisionReader.Entry record) {
    String upstream = record.text("upstream").orElse("");
    for (UpstreamOutcome.Kind kind : UpstreamOutcome.Kind.values()) {
      if (kind.wire().equals(upstream)) {
        return switch (kind) {
          case NOT_DELIVERED -> new Outcome.NotDelivered();
          case TRANSPORT_FAILED -> new Outcome.TransportFailed();
          case CANCELLED -> new Outcome.Cancelled();
          case PROTOCOL_ERROR -> new Outcome.ProtocolError(0);
          case TOOL_ERROR -> new Outcome.Answered(true, Optional.empty());
          default -> new Outcome.Answered(false, Optional.empty());
        };
      }
    }
    return new Outcome.Answered(false, Optional.empty());
  }

  /** Nobody wants to know what limits say in shadow. */
  private static final class Unheard implements Metering.Notes {
    @Override
    public void used(ConfiguredRule rule, List<LimitUsage> usage) {}

    @Override
    public void verdict(RuleVerdict said) {}

    @Override
    public boolean hasDenied(ConfiguredRule rule) {
      return true;
    }
  }

  /** What came of all calls so far. */
  public ReplayReport report() {
    return report;
  }

  /** Closes the rules of the candidate. */
  @Override
  public void close() {
    bench.revision().close();
  }
}
