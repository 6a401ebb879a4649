package dev.tollbar.distribution;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of the suites, and what it is run against.
 *
 * @param over the transport behind the gateway, after the era if the server speaks only that;
 *     {@code direct}: there is no gateway
 * @param policy the gateway's; blank if there is none
 */
record ConformanceRun(ConformanceSet set, String over, String policy) {
  static final String DIRECT = "direct";

  /** Whether every cell is run: {@code -Dtollbar.conformance=all}. */
  static final boolean ALL = "all".equals(System.getProperty("tollbar.conformance"));

  /**
   * Every set through a gateway as far as it can be, and directly. Unless {@link #ALL} are wanted,
   * each transport is run with one of the policies, and what the sets say directly is taken from
   * the record of it.
   */
  static List<ConformanceRun> wanted() {
    List<ConformanceRun> runs = new ArrayList<>();
    for (ConformanceSet set : ConformanceSet.values()) {
      if (ALL) {
        runs.add(new ConformanceRun(set, DIRECT, ""));
      }
      if (set.ofClients()) {
        runs.add(new ConformanceRun(set, "http", "allow-all"));
        continue;
      }
      for (String policy : ConformanceServers.POLICIES) {
        for (String transport : ConformanceServers.TRANSPORTS) {
          if (ALL || transport.equals("http") == policy.equals("ruled")) {
            runs.add(new ConformanceRun(set, transport, policy));
          }
        }
      }
    }
    runs.add(new ConformanceRun(ConformanceSet.V2026_07_28, "legacy-http", "allow-all"));
    runs.add(new ConformanceRun(ConformanceSet.V2025_06_18, "modern-http", "allow-all"));
    runs.add(new ConformanceRun(ConformanceSet.V2025_11_25, "modern-http", "allow-all"));
    return runs;
  }

  /**
   * What counts of the checks. Legacy servers have no tasks extension, and what its scenarios make
   * of that depends on who is faster.
   */
  Checks counted(Checks checks) {
    return over.startsWith("legacy-") ? checks.without("tasks-") : checks;
  }

  /** Whether the server speaks one era only, and the suite the other. */
  boolean isBridged() {
    return ConformanceServers.BRIDGES.contains(over);
  }

  boolean isDirect() {
    return over.equals(DIRECT);
  }

  @Override
  public String toString() {
    return set + " " + (isDirect() ? over : "over " + over + ", " + policy);
  }
}
