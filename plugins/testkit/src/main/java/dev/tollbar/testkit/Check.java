package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Compares what came of a call with what was to come of it. For one call. */
final class Check {
  private final Exchange exchange;
  private final List<String> differences = new ArrayList<>();

  private Check(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * What is not as it should be; empty if all is.
   *
   * @param revisions the revisions of the scenario so far, in order; the last one is in force
   */
  static List<String> differences(Expect expect, Exchange exchange, List<String> revisions) {
    Check check = new Check(exchange);
    check.decision(expect);
    check.forwarded(expect);
    check.details(expect);
    check.record(expect, revisions);
    return check.differences;
  }

  private void decision(Expect expect) {
    if (exchange.decision() != expect.decision()) {
      differences.add(
          "expected decision "
              + expect.decision().name().toLowerCase(Locale.ROOT)
              + "; found "
              + exchange.summary());
    }
  }

  private void forwarded(Expect expect) {
    if (exchange.forwarded() != expect.forwarded()) {
      differences.add(
          "expected forwarded " + expect.forwarded() + "; found " + exchange.forwarded());
    }
    if (exchange.received().size() > 1) {
      differences.add("expected one request at the server; found " + exchange.received().size());
    }
    exchange.received().stream()
        .filter(request -> !Arrays.equals(request, exchange.sent()))
        .findFirst()
        .ifPresent(_ -> differences.add("expected the sent bytes at the server; found others"));
  }

  private void details(Expect expect) {
    same("code", expect.code(), exchange.code());
    same("rule", expect.rule(), exchange.rule());
    same("http", expect.http(), Optional.of(exchange.status()));
    same(
        "error",
        expect.error(),
        Optional.of(exchange.reply().path("error").path("code"))
            .filter(JsonNode::isInt)
            .map(JsonNode::intValue));
    expect
        .text()
        .filter(text -> !exchange.text().contains(text))
        .ifPresent(text ->
            differences.add(
                "expected a text with "
                    + Wording.quote(text)
                    + "; found "
                    + Wording.quote(exchange.text())));
    expect.tools().ifPresent(names -> same("tools", Optional.of(names), Optional.of(listed())));
  }

  private <T> void same(String what, Optional<T> expected, Optional<T> found) {
    if (expected.isPresent() && !expected.equals(found)) {
      differences.add(
          "expected "
              + what
              + " "
              + expected.get()
              + "; found "
              + found.map(Object::toString).orElse("none"));
    }
  }

  private List<String> listed() {
    return exchange
        .reply()
        .path("result")
        .path("tools")
        .valueStream()
        .map(tool -> tool.path("name").asText(""))
        .toList();
  }

  /**
   * One record for one request, under the revision in force, that says what the client was told.
   */
  private void record(Expect expect, List<String> revisions) {
    if (exchange.records().size() > 1) {
      differences.add("expected one decision record; found " + exchange.records().size());
    }
    Optional<DecisionRecord> record = exchange.record();
    if (record.isEmpty()) {
      expect.revision().ifPresent(_ -> differences.add("expected a decision record; found none"));
      return;
    }
    same("the revision in force in the record", Optional.of(revisions.getLast()), revision(record));
    expect
        .revision()
        .ifPresent(number ->
            same(
                "revision",
                Optional.of(number),
                revision(record).map(id -> revisions.lastIndexOf(id) + 1)));
    if (exchange.denial().isObject()) {
      same("the reply's code in the record", exchange.code(), record.get().code());
      same("the reply's rule in the record", exchange.rule(), record.get().rule());
    }
  }

  private static Optional<String> revision(Optional<DecisionRecord> record) {
    return record.flatMap(DecisionRecord::revision);
  }

  /** A filtered list is the server's own without whole entries: nothing else is changed. */
  static List<String> listDifferences(JsonNode reply, ObjectNode own) {
    JsonNode result = reply.path("result");
    if (!result.isObject()) {
      return List.of();
    }
    ObjectNode kept = own.deepCopy();
    List<JsonNode> shown = result.path("tools").valueStream().toList();
    ArrayNode tools = kept.putArray("tools");
    own.path("tools").valueStream().filter(shown::contains).forEach(tools::add);
    return kept.equals(result)
        ? List.of()
        : List.of("expected the server's list without whole entries; found " + result);
  }
}
