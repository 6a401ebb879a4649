package dev.tollbar.bootstrap;

import dev.tollbar.audit.DecisionReader;
import dev.tollbar.policy.Wording;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which decision records a command is about. */
final class RecordFilter {
  @Option(names = "--grant", paramLabel = "NAME", description = "Of this grant only.")
  private @Nullable String grant;

  @Option(names = "--server", paramLabel = "NAME", description = "To this server only.")
  private @Nullable String server;

  @Option(names = "--tool", paramLabel = "NAME", description = "Of this tool only.")
  private @Nullable String tool;

  @Option(names = "--decision", paramLabel = "permit|deny", description = "Of this decision only.")
  private @Nullable String decision;

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description = "Denied for this reason only: rule, limit, …")
  private @Nullable String code;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From this time on: 2026-11-26T10:00:00Z.")
  private @Nullable String since;

  /** Says what cannot be understood, before anything is read. */
  void check() throws CommandException {
    if (decision != null && !decision.equals("permit") && !decision.equals("deny")) {
      throw CommandException.badInput(
          "tollbar: --decision: expected permit or deny; found " + Wording.quote(decision) + ".");
    }
    if (since != null) {
      try {
        Instant.parse(since);
      } catch (DateTimeParseException e) {
        throw CommandException.badInput(
            "tollbar: --since: expected a time such as 2026-11-26T10:00:00Z; found "
                + Wording.quote(since)
                + ".");
      }
    }
  }

  /** Whether anything is left out. */
  boolean isSet() {
    return !query().isEmpty();
  }

  /** The same for the admin API. */
  Map<String, String> query() {
    Map<String, String> query = new TreeMap<>();
    put(query, "grant", grant);
    put(query, "server", server);
    put(query, "tool", tool);
    put(query, "decision", decision);
    put(query, "code", code);
    put(query, "since", since);
    return query;
  }

  private static void put(Map<String, String> query, String name, @Nullable String wanted) {
    if (wanted != null) {
      query.put(name, wanted);
    }
  }

  boolean takes(DecisionReader.Entry entry) {
    return is(entry, "grant", grant)
        && is(entry, "server", server)
        && is(entry, "tool", tool)
        && is(entry, "decision", decision)
        && is(entry, "code", code)
        && (since == null || !entry.time().isBefore(Instant.parse(since)));
  }

  private static boolean is(DecisionReader.Entry entry, String member, @Nullable String wanted) {
    return wanted == null || entry.text(member).filter(wanted::equals).isPresent();
  }
}
