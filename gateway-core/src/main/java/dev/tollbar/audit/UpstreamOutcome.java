package dev.tollbar.audit;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * What became of a call at its server, as records tell it.
 *
 * @param errorCode the server's JSON-RPC error code; only of {@link Kind#PROTOCOL_ERROR}
 */
public record UpstreamOutcome(Kind kind, OptionalLong errorCode) {

  /** Nothing was sent, because nothing was permitted. */
  public static final UpstreamOutcome NONE = of(Kind.NONE);

  public enum Kind {
    ANSWERED,
    TOOL_ERROR,
    PROTOCOL_ERROR,
    NOT_DELIVERED,
    TRANSPORT_FAILED,
    CANCELLED,
    NONE;

    private final String wire = name().toLowerCase(Locale.ROOT);

    public String wire() {
      return wire;
    }
  }

  public static UpstreamOutcome of(Kind kind) {
    return new UpstreamOutcome(kind, OptionalLong.empty());
  }

  public static UpstreamOutcome protocolError(long code) {
    return new UpstreamOutcome(Kind.PROTOCOL_ERROR, OptionalLong.of(code));
  }
}
