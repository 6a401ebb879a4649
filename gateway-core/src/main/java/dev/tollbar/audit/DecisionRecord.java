package dev.tollbar.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one call: one line of the decision log. It holds no token, no session id, and of
 * the arguments only what the document asks for. Immutable; what was not known when the line ended
 * is absent.
 *
 * @param time when the call arrived
 * @param revision the document revision that decided
 * @param session digest of the session id, never the id
 * @param requestId the client's JSON-RPC id, as JSON text: {@code 17} or {@code "17"}
 * @param toolAnnotations what the server's own list says of the tool; empty if it was not seen
 *     there
 * @param argumentKeys names of the arguments
 * @param argumentsDigest {@link ArgumentDigest} of the arguments
 * @param values values of arguments that the document wants recorded, as JSON, by their paths
 * @param code why it was denied
 * @param rule the rule that decided, as the agent is told
 * @param ruleId the id of that rule, if the document gives it one
 * @param rulePointer where that rule stands in its policy; absent of what is no rule
 * @param plugin the plugin of that rule, with its version
 * @param reason the text for the agent
 * @param trace what every rule said, in order
 * @param debug what rules noted for those who look for a fault in them
 * @param limits what is left of the limits that the call met
 * @param approvals the approvals that the call used or waits for
 * @param stages how long each stage took
 * @param upstreamReason why the server gave no usable reply
 * @param status the HTTP status of the reply
 */
public record DecisionRecord(
    Instant time,
    Decision decision,
    Optional<String> revision,
    Optional<String> policy,
    Optional<String> server,
    Optional<String> grant,
    Optional<String> session,
    Optional<String> requestId,
    Optional<String> protocolRevision,
    Optional<String> method,
    Optional<String> tool,
    Optional<Map<String, JsonNode>> toolAnnotations,
    List<String> argumentKeys,
    Optional<String> argumentsDigest,
    Map<String, String> values,
    Optional<String> code,
    Optional<String> rule,
    Optional<String> ruleId,
    Optional<String> rulePointer,
    Optional<String> plugin,
    Optional<String> reason,
    List<RuleTrace> trace,
    List<String> debug,
    List<LimitState> limits,
    List<String> approvals,
    StageTimes stages,
    UpstreamOutcome upstream,
    Optional<String> upstreamReason,
    OptionalInt status)
    implements LogLine {

  public DecisionRecord {
    toolAnnotations = toolAnnotations.map(Map::copyOf);
    argumentKeys = List.copyOf(argumentKeys);
    values = values.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(values));
    trace = List.copyOf(trace);
    debug = List.copyOf(debug);
    limits = List.copyOf(limits);
    approvals = List.copyOf(approvals);
  }

  /** The two decisions. */
  public enum Decision {
    PERMIT,
    DENY;

    private final String wire = name().toLowerCase(Locale.ROOT);

    public String wire() {
      return wire;
    }
  }

  /**
   * What one rule said.
   *
   * @param rule its id, or else its pointer
   * @param pointer where it stands in its policy; absent of what is no rule
   * @param verdict {@code permit}, {@code deny} or {@code ask}
   * @param shadow whether the verdict was recorded only
   */
  public record RuleTrace(
      String rule,
      Optional<String> pointer,
      String kind,
      String plugin,
      String verdict,
      Optional<String> reason,
      boolean shadow) {}

  /**
   * What is left of one limit.
   *
   * @param rule the rule of the limit: its id, or else its pointer
   * @param limit the limit in words; absent of one that refused the call
   * @param max the most that it admits; absent of one that refused the call
   * @param remaining what is left
   * @param resetsMillis when the limit has more to give, in milliseconds from the call
   * @param shadow whether it is counted only
   */
  public record LimitState(
      String rule,
      Optional<String> limit,
      Optional<BigDecimal> max,
      BigDecimal remaining,
      OptionalLong resetsMillis,
      boolean shadow) {}

  /** A record that says nothing yet but when, and so denies. */
  public static Builder at(Instant time) {
    return new Builder(time);
  }

  /** Collects a record along the request line. For one thread; every setter may be left out. */
  public static final class Builder {
    private final Instant time;
    private final StageTimes.Sums stages = new StageTimes.Sums();
    private Decision decision = Decision.DENY;
    private @Nullable String revision;
    private @Nullable String policy;
    private @Nullable String server;
    private @Nullable String grant;
    private @Nullable String session;
    private @Nullable String requestId;
    private @Nullable String protocolRevision;
    private @Nullable String method;
    private @Nullable String tool;
    private @Nullable Map<String, JsonNode> toolAnnotations;
    private List<String> argumentKeys = List.of();
    private @Nullable String argumentsDigest;
    private @Nullable String code;
    private Map<String, String> values = Map.of();
    private @Nullable String rule;
    private @Nullable String ruleId;
    private @Nullable String rulePointer;
    private @Nullable String plugin;
    private @Nullable String reason;
    private List<RuleTrace> trace = List.of();
    private List<String> debug = List.of();
    private List<LimitState> limits = List.of();
    private List<String> approvals = List.of();
    private @Nullable String upstreamReason;
    private UpstreamOutcome upstream = UpstreamOutcome.NONE;
    private OptionalInt status = OptionalInt.empty();

    private Builder(Instant time) {
      this.time = time;
    }

    public Builder policy(String revision, String policy) {
      this.revision = revision;
      this.policy = policy;
      return this;
    }

    public Builder revision(String value) {
      revision = value;
      return this;
    }

    public Builder server(String value) {
      server = value;
      return this;
    }

    public Builder grant(String value) {
      grant = value;
      return this;
    }

    /** The digest of the session id: {@link ArgumentDigest#of(String)}. */
    public Builder session(String digest) {
      session = digest;
      return this;
    }

    /** The id as JSON text. */
    public Builder requestId(String json) {
      requestId = json;
      return this;
    }

    public Builder protocolRevision(String value) {
      protocolRevision = value;
      return this;
    }

    public Builder method(String value) {
      method = value;
      return this;
    }

    public Builder tool(String value) {
      tool = value;
      return this;
    }

    public Builder toolAnnotations(Map<String, JsonNode> annotations) {
      toolAnnotations = annotations;
      return this;
    }

    public Builder arguments(List<String> keys, String digest) {
      argumentKeys = keys;
      argumentsDigest = digest;
      return this;
    }

    public Builder permit() {
      decision = Decision.PERMIT;
      code = null;
      forgetRule();
      reason = null;
      return this;
    }

    public Builder deny(String code, String rule, String reason) {
      deny(code, reason);
      this.rule = rule;
      return this;
    }

    /** A denial that no rule made: before policy. */
    public Builder deny(String code, String reason) {
      decision = Decision.DENY;
      this.code = code;
      this.reason = reason;
      forgetRule();
      return this;
    }

    private void forgetRule() {
      rule = null;
      ruleId = null;
      rulePointer = null;
      plugin = null;
    }

    /** The plugin of the rule that denied. */
    public Builder plugin(String value) {
      plugin = value;
      return this;
    }

    /** Where the rule that denied stands, if it is a rule. */
    public Builder rulePointer(String value) {
      rulePointer = value;
      return this;
    }

    /** The id of the rule that denied, if it has one. */
    public Builder ruleId(String value) {
      ruleId = value;
      return this;
    }

    /** Values of arguments, as JSON, by their paths. */
    public Builder values(Map<String, String> value) {
      values = value;
      return this;
    }

    public Builder limits(List<LimitState> value) {
      limits = value;
      return this;
    }

    /** Why the server gave no usable reply. */
    public Builder upstreamReason(String value) {
      upstreamReason = value;
      return this;
    }

    public Builder trace(List<RuleTrace> value) {
      trace = value;
      return this;
    }

    /** What rules noted, in order. */
    public Builder debug(List<String> value) {
      debug = value;
      return this;
    }

    public Builder approvals(List<String> ids) {
      approvals = ids;
      return this;
    }

    public Builder stage(Stage stage, long micros) {
      stages.add(stage, micros);
      return this;
    }

    public Builder upstream(UpstreamOutcome value) {
      upstream = value;
      return this;
    }

    public Builder status(int value) {
      status = OptionalInt.of(value);
      return this;
    }

    public DecisionRecord build() {
      return new DecisionRecord(
          time,
          decision,
          Optional.ofNullable(revision),
          Optional.ofNullable(policy),
          Optional.ofNullable(server),
          Optional.ofNullable(grant),
          Optional.ofNullable(session),
          Optional.ofNullable(requestId),
          Optional.ofNullable(protocolRevision),
          Optional.ofNullable(method),
          Optional.ofNullable(tool),
          Optional.ofNullable(toolAnnotations),
          argumentKeys,
          Optional.ofNullable(argumentsDigest),
          values,
          Optional.ofNullable(code),
          Optional.ofNullable(rule),
          Optional.ofNullable(ruleId),
          Optional.ofNullable(rulePointer),
          Optional.ofNullable(plugin),
          Optional.ofNullable(reason),
          trace,
          debug,
          limits,
          approvals,
          stages.times(),
          upstream,
          Optional.ofNullable(upstreamReason),
          status);
    }
  }
}
