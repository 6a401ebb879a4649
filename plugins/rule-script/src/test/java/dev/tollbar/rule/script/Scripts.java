package dev.tollbar.rule.script;

import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rules of one engine, made the way a document makes them. */
final class Scripts implements AutoCloseable {
  static final Duration USUAL_TIME = Duration.ofMillis(100);
  static final ByteSize USUAL_MEMORY = ByteSize.ofMegabytes(16);

  private final ScriptEngine engine = new ScriptEngine();
  private final ScriptKind kind = new ScriptKind(() -> engine);

  Rule inline(String source) {
    return inline(source, USUAL_TIME, new TestContext());
  }

  Rule inline(String source, Duration timeout, TestContext context) {
    return kind.create(
        new ScriptConfig(
            Optional.empty(), Optional.of(source), timeout, USUAL_MEMORY, Isolation.THREAD),
        context);
  }

  Rule file(String name, String text) {
    return kind.create(
        new ScriptConfig(
            Optional.of(name), Optional.empty(), USUAL_TIME, USUAL_MEMORY, Isolation.THREAD),
        new TestContext(Map.of(name, text)));
  }

  /** A rule of one of these files. */
  Rule files(String predicate, Map<String, String> files) {
    return kind.create(
        new ScriptConfig(
            Optional.of(predicate), Optional.empty(), USUAL_TIME, USUAL_MEMORY, Isolation.THREAD),
        new TestContext(files));
  }

  Rule file(String predicate, TestContext context) {
    return kind.create(
        new ScriptConfig(
            Optional.of(predicate), Optional.empty(), USUAL_TIME, USUAL_MEMORY, Isolation.THREAD),
        context);
  }

  Rule inlineWith(String source, Map<String, String> files) {
    return kind.create(
        new ScriptConfig(
            Optional.empty(), Optional.of(source), USUAL_TIME, USUAL_MEMORY, Isolation.THREAD),
        new TestContext(files));
  }

  /** A rule whose script runs in worker processes. */
  Rule apart(String source, Duration timeout, TestContext context) {
    return kind.create(
        new ScriptConfig(
            Optional.empty(), Optional.of(source), timeout, USUAL_MEMORY, Isolation.PROCESS),
        context);
  }

  /** The worker processes that this JVM has now. */
  List<Long> processes() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
  }

  /** What a script says to a call with these arguments. */
  Verdict verdict(String source, String arguments) throws InterruptedException {
    try (Rule rule = inline(source)) {
      return rule.evaluate(TestCall.withArguments(arguments));
    }
  }

  /** The text that a script makes of a call without arguments, out of the reason it denies with. */
  String says(String source) throws InterruptedException {
    return says(source, "{}");
  }

  String says(String source, String arguments) throws InterruptedException {
    return verdict(source, arguments) instanceof Verdict.Deny denial
        ? denial.reason()
        : "(permitted)";
  }

  static Verdict.Deny failed(String reason) {
    return new Verdict.Deny(
        Verdict.Code.RULE_ERROR, reason, true, Optional.empty(), Optional.empty());
  }

  @Override
  public void close() {
    engine.close();
  }
}
