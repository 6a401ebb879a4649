package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.DecisionRecord.RuleTrace;
import dev.tollbar.audit.Stage;
import dev.tollbar.audit.UpstreamOutcome;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.RuleVerdict;
import dev.tollbar.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one call leaves behind on its way along the line. For one thread. */
final class Trail {
  private final DecisionRecord.Builder record;
  private final String revision;
  private final ArgumentDigest digest;
  private final List<RuleTrace> trace = new ArrayList<>();
  private Optional<Message> message = Optional.empty();
  private Optional<Subject> subject = Optional.empty();
  private Optional<UpstreamException.Reason> upstreamFailure = Optional.empty();
  private Stage stage = Stage.PARSE;
  private long since = System.nanoTime();

  Trail(Arrival arrival, String revision, ArgumentDigest digest) {
    this.record = DecisionRecord.at(arrival.time()).revision(revision).server(arrival.server());
    this.revision = revision;
    this.digest = digest;
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
    record.arguments(keys, digest.of(aim.arguments().toString().getBytes(StandardCharsets.UTF_8)));
  }

  void verdicts(List<RuleVerdict> verdicts) {
    verdicts.forEach(this::verdict);
  }

  void verdict(RuleVerdict said) {
    trace.add(
        new RuleTrace(
            said.rule().name(),
            said.rule().kind(),
            said.rule().plugin(),
            word(said.verdict()),
            reason(said.verdict()),
            said.rule().shadow()));
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
        .ifPresent(said -> record.plugin(said.plugin()));
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
    upstreamFailure = Optional.of(failure.reason());
  }

  /** Why there was no reply, for metrics. */
  Optional<UpstreamException.Reason> upstreamFailure() {
    return upstreamFailure;
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
    return record.trace(trace).build();
  }

  private static String word(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Permit _ -> "permit";
      case Verdict.Deny _ -> "deny";
      case Verdict.Ask _ -> "ask";
    };
  }

  private static Optional<String> reason(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Permit _ -> Optional.empty();
      case Verdict.Deny deny -> Optional.of(deny.reason());
      case Verdict.Ask ask -> Optional.of(ask.question().reason()).filter(said -> !said.isEmpty());
    };
  }
}
