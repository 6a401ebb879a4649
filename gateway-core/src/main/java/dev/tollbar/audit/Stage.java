package dev.tollbar.audit;

import java.util.List;
import java.util.Locale;

/** The stages of the request line, by the names that records, metrics and logs use. */
public enum Stage {
  PARSE,
  AUTHENTICATE,
  ROUTE,
  DECIDE,
  CONSENT,
  METER,
  FORWARD,
  SETTLE,
  REPLY;

  /** All of them, in the order of the line. */
  public static final List<Stage> ALL = List.of(values());

  private final String wire = name().toLowerCase(Locale.ROOT);

  public String wire() {
    return wire;
  }
}
