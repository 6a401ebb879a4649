package dev.tollbar.rule.limits;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.ResultConditions;
import dev.tollbar.api.RuleContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A context with counters of its own, a clock that is set, and a log that is kept. */
final class FakeContext implements RuleContext {
  final FakeCounters counters = new FakeCounters();
  Instant now = Instant.parse("2026-11-23T10:00:00Z");
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = new LoggerContext().getLogger("limits");

  FakeContext() {
    appender.start();
    logger.addAppender(appender);
  }

  List<String> logged() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public String policy() {
    return "tickets";
  }

  @Override
  public String pointer() {
    return "/tools/pay/limits/0";
  }

  @Override
  public InstantSource clock() {
    return () -> now;
  }

  @Override
  public FakeCounters counters() {
    return counters;
  }

  @Override
  public Conditions conditions(String key, List<Condition> conditions, Conditions.Quantifier over) {
    throw new AssertionError("not needed");
  }

  /** Hold of results that are the text of the first condition. */
  @Override
  public ResultConditions resultConditions(String key, List<Condition> conditions) {
    JsonNode wanted = conditions.getFirst().value().orElseThrow();
    return (_, result) ->
        result.equals(wanted)
            ? new Conditions.Match.Holds()
            : result.isTextual()
                ? new Conditions.Match.Fails()
                : new Conditions.Match.WrongType("it must be a text.");
  }

  @Override
  public String file(String key, String path) {
    throw new AssertionError("not needed");
  }

  @Override
  public org.slf4j.Logger logger() {
    return logger;
  }
}
