package dev.tollbar.distribution;

/** A set of scenarios of the official suites, and how many there are. */
enum ConformanceSet {
  STABLE_ALL("stable-all", "server, 0.1.16, all", 32),
  V2025_06_18("2025-06-18", "server, 0.2.0-alpha.12, 2025-06-18", 27),
  V2025_11_25("2025-11-25", "server, 0.2.0-alpha.12, 2025-11-25", 33),
  V2026_07_28("2026-07-28", "server, 0.2.0-alpha.12, 2026-07-28", 50),
  CLIENT_2025_11_25("client-2025-11-25", "client, 0.2.0-alpha.12, 2025-11-25", 5),
  CLIENT_2026_07_28("client-2026-07-28", "client, 0.2.0-alpha.12, 2026-07-28", 8);

  private final String id;
  private final String title;
  private final int scenarios;

  ConformanceSet(String id, String title, int scenarios) {
    this.id = id;
    this.title = title;
    this.scenarios = scenarios;
  }

  /** What {@code run-suites.mjs} and {@code run-clients.mjs} call it. */
  String id() {
    return id;
  }

  String title() {
    return title;
  }

  int scenarios() {
    return scenarios;
  }

  /** Whether the suite plays the server, and the gateway is its client. */
  boolean ofClients() {
    return id.startsWith("client-");
  }

  @Override
  public String toString() {
    return id;
  }
}
