package dev.tollbar.rule.script;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.RuleContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;

/** A rule's surroundings: files out of a map, a log that can be read. */
final class TestContext implements RuleContext {
  private final Map<String, String> files;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger;
  private volatile Instant now = Instant.EPOCH;

  TestContext() {
    this(Map.of());
  }

  TestContext(Map<String, String> files) {
    this.files = files;
    LoggerContext logs = new LoggerContext();
    ch.qos.logback.classic.Logger log = logs.getLogger("script");
    appender.setContext(logs);
    appender.start();
    log.addAppender(appender);
    this.logger = log;
  }

  List<String> log() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  @Override
  public String policy() {
    return "support";
  }

  @Override
  public String pointer() {
    return "/tools/create_refund/script";
  }

  @Override
  public InstantSource clock() {
    return () -> now;
  }

  @Override
  public Counters counters() {
    throw new AssertionError("scripts have no counters");
  }

  @Override
  public Conditions conditions(String key, List<Condition> conditions, Conditions.Quantifier over) {
    throw new AssertionError("scripts have no conditions");
  }

  @Override
  public String file(String key, String path) {
    String text = files.get(path);
    if (text == null) {
      throw new InvalidConfigException(key, "a file of the document's folder", path);
    }
    return text;
  }

  @Override
  public Logger logger() {
    return logger;
  }
}
