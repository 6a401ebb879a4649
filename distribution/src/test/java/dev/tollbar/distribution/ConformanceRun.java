package dev.tollbar.distribution;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of the suites, and what it is run against.
 *
 * @param over the transport behind the gateway; {@code direct}: there is no gateway
 * @param policy the gateway's; blank if there is none
 */
record ConformanceRun(ConformanceSet set, String over, String policy) {
  static final String DIRECT = "direct";

  /** Every set directly, and through a gateway as far as it can be. */
  static List<ConformanceRun> all() {
    List<ConformanceRun> runs = new ArrayList<>();
    for (ConformanceSet set : ConformanceSet.values()) {
      runs.add(new ConformanceRun(set, DIRECT, ""));
      if (set.ofClients()) {
        runs.add(new ConformanceRun(set, "http", "allow-all"));
        continue;
      }
      for (String policy : ConformanceServers.POLICIES) {
        for (String transport : ConformanceServers.TRANSPORTS) {
          runs.add(new ConformanceRun(set, transport, policy));
        }
      }
    }
    return runs;
  }

  boolean isDirect() {
    return over.equals(DIRECT);
  }

  @Override
  public String toString() {
    return set + " " + (isDirect() ? over : "over " + over + ", " + policy);
  }
}
