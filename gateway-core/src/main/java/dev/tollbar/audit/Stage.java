package dev.tollbar.audit;

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

  private final String wire = name().toLowerCase(Locale.ROOT);

  public String wire() {
    return wire;
  }
}
