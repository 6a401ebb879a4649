package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Tool;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.DecisionRecord.LimitState;
import dev.tollbar.audit.DecisionRecord.RuleTrace;
import dev.tollbar.audit.RecordingException;
import dev.tollbar.audit.Stage;
import dev.tollbar.audit.UpstreamOutcome;
import dev.tollbar.consent.CanonicalJson;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import dev.tollbar.protocol.Message;
import dev.tollbar.upstream.Room;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What one call leaves behind on its way along the line. For one thread. */
final class Trail implements Metering.Notes {
  private final DecisionRecord.Builder record;
  private final String revision;
  private final ArgumentDigest digest;
  private final List<RuleTrace> trace = new ArrayList<>();
  private final DebugLines debug = new DebugLines();
  private final List<LimitState> limits = new ArrayList<>(0);
  private Optional<Recording> recording = Optional.empty();
  private Runnable ending = () -> {};
  private Optional<Message> message = Optional.empty();
  private Optional<Subject> subject = Optional.empty();
  private Optional<Room.Place> place = Optional.empty();
  private Stage stage = Stage.PARSE;
  private long since = System.nanoTime();

  Trail(Arrival arrival, String revision, ArgumentDigest digest) {
    this.record = DecisionRecord.at(arrival.time()).revision(revision).server(arrival.server());
    this.revision = revision;
    this.digest = digest;
  }

  /** Who records what is found here. */
  void recordedBy(Recording keeper) {
    recording = Optional.of(keeper);
  }

  /** A place for the record is needed from here on. */
  void claim() throws RecordingException, InterruptedException {
    recording.orElseThrow().claim();
  }

  /** Does something before the client is told the end of it. */
  void whenAnswering(Runnable next) {
    ending = next;
  }

  /** The client is about to be told the end of it. */
  void answering() {
    recording.ifPresent(Recording::answering);
    ending.run();
  }

  /** The call has a place among those that the gateway works on. */
  void worksIn(Room.Place taken) {
    place = Optional.of(taken);
  }

  /** From here on it waits for others: a person, or a server, which have rooms of their own. */
  void rests() {
    place.ifPresent(Room.Place::close);
  }

  /** The line enters a stage. */
  void at(Stage next) {
    long now = System.nanoTime();
    record.stage(stage, (now - since) / 1_000);
    stage = next;
    since = now;
  }

  void parsed(Message parsed) {
    message = Optional.of(parsed);
    record.method(parsed.method());
    parsed.id().ifPresent(id -> record.requestId(id.json()));
  }

  void grant(String name) {
    record.grant(name);
  }

  void routed(Routed routed) {
    record.protocolRevision(routed.protocolRevision().text());
    routed.session().map(Session::name).ifPresent(record::session);
    record.policy(revision, routed.policy().name());
  }

  void subject(Subject aim) {
    subject = Optional.of(aim);
    record.tool(aim.name());
    List<String> keys = new ArrayList<>();
    aim.arguments().fieldNames().forEachRemaining(keys::add);
    record.arguments(keys, digest.of(CanonicalJson.of(aim.arguments())));
  }

  /**
   * What selectors and conditions may go by, so that the call can be judged again from its record.
   */
  void tool(Tool tool) {
    if (tool.seen()) {
      record.toolAnnotations(tool.annotations());
    }
  }

  void verdicts(List<RuleVerdict> verdicts) {
    verdicts.forEach(this::verdict);
  }

  @Override
  public void verdict(RuleVerdict said) {
    if (said.verdict() instanceof Verdict.Deny denial) {
      refusedBy(said.rule(), denial);
    }
    trace.add(
        new RuleTrace(
            said.rule().name(),
            Optional.of(said.rule().pointer()).filter(pointer -> pointer.startsWith("/")),
            said.rule().kind(),
            said.rule().plugin(),
            word(said.verdict()),
            reason(said),
            said.rule().shadow()));
  }

  @Override
  public boolean hasDenied(ConfiguredRule rule) {
    return trace.stream()
        .anyMatch(said -> said.rule().equals(rule.name()) && said.verdict().equals("deny"));
  }

  /** Where rules note what helps to find a fault in them. */
  DebugLines debug() {
    return debug;
  }

  /** Values that the policy wants recorded. */
  void values(Map<String, JsonNode> values) {
    if (!values.isEmpty()) {
      Map<String, String> texts = new LinkedHashMap<>();
      values.forEach((path, value) -> texts.put(path, CanonicalJson.of(value)));
      record.values(texts);
    }
  }

  /** What is left of a limit that refused the call. */
  private void refusedBy(ConfiguredRule rule, Verdict.Deny denial) {
    Optional<BigDecimal> remaining = denial.remaining().flatMap(Trail::number);
    if (denial.code() == Verdict.Code.LIMIT && remaining.isPresent()) {
      limits.add(
          new LimitState(
              rule.name(),
              Optional.empty(),
              Optional.empty(),
              remaining.get(),
              millis(denial.retryAfter()),
              rule.shadow()));
    }
  }

  private static Optional<BigDecimal> number(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** What is left of the limits that the call took from. */
  @Override
  public void used(ConfiguredRule rule, List<LimitUsage> usage) {
    for (LimitUsage each : usage) {
      limits.add(
          new LimitState(
              rule.name(),
              Optional.of(each.limit()),
              Optional.of(each.max()),
              each.remaining(),
              millis(each.resetsAfter()),
              rule.shadow()));
    }
  }

  private static OptionalLong millis(Optional<Duration> duration) {
    return duration.isPresent() ? OptionalLong.of(duration.get().toMillis()) : OptionalLong.empty();
  }

  void approvals(List<String> ids) {
    record.approvals(ids);
  }

  void permitted() {
    record.permit();
  }

  void denied(Denial denial) {
    record.deny(denial.code().wire(), denial.rule(), denial.reason());
    trace.stream()
        .filter(said -> said.rule().equals(denial.rule()))
        .findAny()
        .ifPresent(said -> {
          record.plugin(said.plugin());
          said.pointer().ifPresent(record::rulePointer);
          if (!said.pointer().equals(Optional.of(said.rule()))) {
            record.ruleId(said.rule());
          }
        });
  }

  void refused(String name, String reason) {
    record.deny(name, reason);
  }

  void outcome(Outcome outcome) {
    record.upstream(
        switch (outcome) {
          case Outcome.NotDelivered _ -> UpstreamOutcome.of(UpstreamOutcome.Kind.NOT_DELIVERED);
          case Outcome.TransportFailed _ ->
              UpstreamOutcome.of(UpstreamOutcome.Kind.TRANSPORT_FAILED);
          case Outcome.Cancelled _ -> UpstreamOutcome.of(UpstreamOutcome.Kind.CANCELLED);
          case Outcome.ProtocolError error -> UpstreamOutcome.protocolError(error.code());
          case Outcome.Answered answered ->
              UpstreamOutcome.of(
                  answered.isError()
                      ? UpstreamOutcome.Kind.TOOL_ERROR
                      : UpstreamOutcome.Kind.ANSWERED);
        });
  }

  /** The server gave no usable reply; the call was permitted all the same. */
  void failed(UpstreamException failure) {
    record.status(200);
    record.upstreamReason(failure.reason().name().toLowerCase(Locale.ROOT));
  }

  void status(int status) {
    record.status(status);
  }

  /** Whether this is a request, which leaves a record. What could not be read may have been one. */
  boolean isRequest() {
    return message.map(it -> it.kind() == UpstreamMessage.Kind.REQUEST).orElse(true);
  }

  Optional<MessageId> requestId() {
    return message.flatMap(Message::id);
  }

  /** What the call is about, if the line got that far. */
  Optional<Subject> subject() {
    return subject;
  }

  /** The finished record. */
  DecisionRecord finish() {
    at(stage);
    return record.trace(trace).limits(limits).debug(debug.all()).build();
  }

  private static String word(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Permit _ -> "permit";
      case Verdict.Deny _ -> "deny";
      case Verdict.Ask _ -> "ask";
    };
  }

  /** As the agent is told it, or would be. */
  private static Optional<String> reason(RuleVerdict said) {
    return switch (said.verdict()) {
      case Verdict.Permit _ -> Optional.empty();
      case Verdict.Deny deny -> Optional.of(Policy.denial(said.rule(), deny).reason());
      case Verdict.Ask ask -> Optional.of(ask.question().reason()).filter(text -> !text.isEmpty());
    };
  }
}
