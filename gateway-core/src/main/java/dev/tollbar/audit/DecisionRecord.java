package dev.tollbar.audit;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one call: one line of the decision log. It holds no token, no session id and no
 * argument value. Immutable; what was not known when the line ended is absent.
 *
 * @param time when the call arrived
 * @param revision the document revision that decided
 * @param session digest of the session id, never the id
 * @param requestId the client's JSON-RPC id, as JSON text: {@code 17} or {@code "17"}
 * @param argumentKeys names of the arguments
 * @param argumentsDigest {@link ArgumentDigest} of the arguments
 * @param code why it was denied
 * @param rule the rule that decided, as the agent is told
 * @param plugin the plugin of that rule
 * @param reason the text for the agent
 * @param trace what every rule said, in order
 * @param approvals the approvals that the call used or waits for
 * @param stageMicros how long each stage took, in microseconds
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
    List<String> argumentKeys,
    Optional<String> argumentsDigest,
    Optional<String> code,
    Optional<String> rule,
    Optional<String> plugin,
    Optional<String> reason,
    List<RuleTrace> trace,
    List<String> approvals,
    Map<Stage, Long> stageMicros,
    UpstreamOutcome upstream,
    OptionalInt status)
    implements LogLine {

  public DecisionRecord {
    argumentKeys = List.copyOf(argumentKeys);
    trace = List.copyOf(trace);
    approvals = List.copyOf(approvals);
    Map<Stage, Long> inOrder = new EnumMap<>(Stage.class);
    inOrder.putAll(stageMicros);
    stageMicros = Collections.unmodifiableMap(inOrder);
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
   * @param verdict {@code permit}, {@code deny} or {@code ask}
   * @param shadow whether the verdict was recorded only
   */
  public record RuleTrace(
      String rule,
      String kind,
      String plugin,
      String verdict,
      Optional<String> reason,
      boolean shadow) {}

  /** A record that says nothing yet but when, and so denies. */
  public static Builder at(Instant time) {
    return new Builder(time);
  }

  /** Collects a record along the request line. For one thread; every setter may be left out. */
  public static final class Builder {
    private final Instant time;
    private final Map<Stage, Long> stageMicros = new EnumMap<>(Stage.class);
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
    private List<String> argumentKeys = List.of();
    private @Nullable String argumentsDigest;
    private @Nullable String code;
    private @Nullable String rule;
    private @Nullable String plugin;
    private @Nullable String reason;
    private List<RuleTrace> trace = List.of();
    private List<String> approvals = List.of();
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

    public Builder arguments(List<String> keys, String digest) {
      argumentKeys = keys;
      argumentsDigest = digest;
      return this;
    }

    public Builder permit() {
      decision = Decision.PERMIT;
      code = null;
      rule = null;
      plugin = null;
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
      rule = null;
      plugin = null;
      return this;
    }

    /** The plugin of the rule that denied. */
    public Builder plugin(String value) {
      plugin = value;
      return this;
    }

    public Builder trace(List<RuleTrace> value) {
      trace = value;
      return this;
    }

    public Builder approvals(List<String> ids) {
      approvals = ids;
      return this;
    }

    public Builder stage(Stage stage, long micros) {
      stageMicros.merge(stage, micros, Long::sum); // reply is entered again after settle
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
          argumentKeys,
          Optional.ofNullable(argumentsDigest),
          Optional.ofNullable(code),
          Optional.ofNullable(rule),
          Optional.ofNullable(plugin),
          Optional.ofNullable(reason),
          trace,
          approvals,
          stageMicros,
          upstream,
          status);
    }
  }
}
