package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionReader;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Calls of one sort: how many, whose, from when to when. One thread. */
final class Tally {
  private final Map<String, Long> grants = new TreeMap<>();
  private long calls;
  private Instant first = Instant.MAX;
  private Instant last = Instant.MIN;

  void add(DecisionReader.Entry call) {
    calls++;
    grants.merge(call.text("grant").orElse("-"), 1L, Long::sum);
    first = call.time().isBefore(first) ? call.time() : first;
    last = call.time().isAfter(last) ? call.time() : last;
  }

  long calls() {
    return calls;
  }

  /** {@code 12 calls by laptop (10), support (2)}. */
  String text() {
    return counted(calls) + " by " + whose();
  }

  private String whose() {
    return grants.size() == 1
        ? grants.keySet().iterator().next()
        : grants.entrySet().stream()
            .map(grant -> grant.getKey() + " (" + grant.getValue() + ")")
            .collect(Collectors.joining(", "));
  }

  /** {@code first …, last …}; empty if there are none. */
  String when() {
    if (calls == 0) {
      return "";
    }
    return calls == 1 ? "at " + first : "first " + first + ", last " + last;
  }

  void write(ObjectNode into) {
    into.put("calls", calls);
    ObjectNode by = into.putObject("grants");
    grants.forEach(by::put);
    if (calls > 0) {
      into.put("first", first.toString());
      into.put("last", last.toString());
    }
  }

  static String counted(long calls) {
    return calls + (calls == 1 ? " call" : " calls");
  }
}
